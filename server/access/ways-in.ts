/** What says who people are, as the settings have it. */
export interface IssuerSettings {
  jwtSecret?: string | undefined
  jwksUrl?: string | undefined
  jwtIssuer: string
  jwtAudience: string
}

/** How people get into a production server, in lines for whoever starts it. Nothing secret is in them. */
export function waysIn(settings: IssuerSettings, url: string): string[] {
  const { jwtSecret, jwksUrl, jwtIssuer, jwtAudience } = settings
  const signed = jwksUrl
    ? `signed by a key that ${new URL(jwksUrl).host} publishes (COLLOQUY_JWKS_URL)`
    : 'signed with COLLOQUY_JWT_SECRET (HS256)'
  return [
    'People sign in with a token (JWT) of their own:',
    `  ${signed}; iss ${JSON.stringify(jwtIssuer)}, aud ${JSON.stringify(jwtAudience)},`,
    '  sub (the userId, for good) and exp; name, groups and admin where there are any.',
    `They open ${url}/#token=<JWT>, or a page that embeds the client hands the token to it.`,
    'Whoever is in a session can invite people who have no token.',
    ...(jwtSecret === undefined
      ? []
      : ['', 'A token for an admin, for a day:', `  ${tokenCommand(settings)}`]),
  ]
}

/** A shell command that prints such a token; it takes the secret from the environment. */
function tokenCommand({ jwtIssuer, jwtAudience }: IssuerSettings): string {
  const claims = `sub:"admin",name:"Admin",admin:true,iss:${quoted(jwtIssuer)},aud:${quoted(jwtAudience)}`
  const script = [
    'const n=Math.floor(Date.now()/1000)',
    'const b=(o)=>Buffer.from(JSON.stringify(o)).toString("base64url")',
    `const t=b({alg:"HS256"})+"."+b({${claims},iat:n,exp:n+86400})`,
    'const h=require("crypto").createHmac("sha256",process.env.COLLOQUY_JWT_SECRET)',
    'console.log(t+"."+h.update(t).digest("base64url"))',
  ]
  return `node -e '${script.join(';')}'`
}

/** A string of JavaScript that stands in single quotes of a shell. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll("'", '\\u0027')
}
