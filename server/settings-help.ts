import { DEFAULT_LIMITS } from '@colloquy/shared/limits'
import { ENV, FLAGS, KEYS, SETTINGS_FILE, schema } from './settings-schema.ts'

const COLUMN = 36
const WIDTH = 110

/** True when the command line asks what it may be. */
export function asksForHelp(argv: readonly string[]): boolean {
  return argv.includes('--help') || argv.includes('-h')
}

/** What `--help` prints: every setting, by the names it can be set by. */
export function helpText(): string {
  const named = KEYS.filter((key) => FLAGS.includes(key) || ENV[key] !== undefined)
  const row = (names: string, about = '') => `  ${names.padEnd(COLUMN - 2)}${about}`.trimEnd()
  return [
    'Colloquy: AI sessions that a team shares.',
    '',
    'Usage: npm start [-- <flags>]',
    '       npm run backup -- FILE, npm run restore -- FILE',
    '',
    'Flags win over environment variables, those over the file, that over the defaults (in brackets).',
    '',
    ...named.map((key) => {
      const names = [...(FLAGS.includes(key) ? [`--${key}`] : []), ...(ENV[key] ? [ENV[key]] : [])]
      return row(names.join(', '), schema.shape[key].description)
    }),
    '',
    row('NODE_ENV=production', 'no development links; needs an issuer of tokens and COLLOQUY_PUBLIC_URL'),
    row(
      'OPENAI_API_KEY, OPENAI_BASE_URL',
      'for models of openai/; a server that only chats is <base URL>#<id>',
    ),
    row('ANTHROPIC_API_KEY, …_BASE_URL', 'for models of anthropic/'),
    row('--help, -h', 'this text'),
    '',
    `${SETTINGS_FILE}, in the folder the server starts in, is a JSON object with any of`,
    ...wrapped(KEYS),
    'limits is an object with any of',
    ...wrapped(Object.keys(DEFAULT_LIMITS)),
  ].join('\n')
}

/** The words as a list, in lines. */
function wrapped(words: readonly string[]): string[] {
  const lines = ['']
  for (const [i, word] of words.entries()) {
    const item = ` ${word}${i === words.length - 1 ? '' : ','}`
    const line = `${lines.at(-1)}${item}`
    if (line.length <= WIDTH) lines[lines.length - 1] = line
    else lines.push(item)
  }
  return lines.map((line) => ` ${line}`)
}
