#!/usr/bin/env node
// Plain JavaScript, because an older Node cannot even read the rest: 22.18 is the first to run TypeScript as it is.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Colloquy needs Node 22.18 or later; this is ${process.versions.node}. \`npm start\` brings its own.`,
  )
  process.exit(1)
}
if (['backup', 'restore'].includes(process.argv[2] ?? '')) await import('./cli.ts')
else await import('./main.ts')
