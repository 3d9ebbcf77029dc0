# The server with the workspace that it serves. Settings are environment variables (README.md, docs/OPERATING.md);
# a settings file is mounted as /app/colloquy.config.json.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY shared/package.json shared/
COPY server/package.json server/
COPY client/package.json client/
# Among these is the npm package `node`, for machines whose own Node is too old. It stays in this stage.
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
COPY shared/package.json shared/
COPY server/package.json server/
COPY client/package.json client/
RUN npm ci --omit=dev --workspace shared --workspace server --no-audit --no-fund && npm cache clean --force
# Both run as they are: Node strips the types. Their links in node_modules lead here, out of node_modules, where it does.
COPY shared shared
COPY server server
COPY test/examples/vanilla test/examples/vanilla
COPY --from=build /app/client/dist client/dist

# What a server without Redis keeps; with Redis nothing is written here.
RUN mkdir /data && chown node:node /data
ENV COLLOQUY_HOST=0.0.0.0 COLLOQUY_DATA=/data
USER node
EXPOSE 4455
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 4455}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server/colloquy.js"]
