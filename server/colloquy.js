#!/usr/bin/env node
// Plain JavaScript, because an older Node cannot even read the rest.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 13)) {
  console.error(
    `Colloquy needs Node 22.13 or later; this is ${process.versions.node}. \`npm start\` brings its own.`,
  )
  process.exit(1)
}
await import('./main.ts')
