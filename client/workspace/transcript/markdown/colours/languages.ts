/** The languages that code is coloured in, by every name that people write behind the fence. */
const NAMES = {
  bash: 'sh shell zsh console shellscript',
  c: 'h',
  cpp: 'c++ cc hpp',
  csharp: 'c# cs',
  css: '',
  dart: '',
  diff: 'patch',
  docker: 'dockerfile',
  go: 'golang',
  html: '',
  ini: 'properties',
  java: '',
  javascript: 'js cjs mjs node',
  json: 'jsonc json5',
  jsx: '',
  kotlin: 'kt',
  lua: '',
  markdown: 'md',
  php: '',
  powershell: 'ps1 pwsh',
  python: 'py python3',
  ruby: 'rb',
  rust: 'rs',
  sql: 'postgres postgresql mysql sqlite',
  swift: '',
  toml: '',
  tsx: '',
  typescript: 'ts cts mts',
  xml: 'svg',
  yaml: 'yml',
} as const

export type Language = keyof typeof NAMES

export const LANGUAGES = Object.keys(NAMES) as Language[]

const BY_NAME = new Map<string, Language>()
for (const language of LANGUAGES) {
  for (const name of [language, ...NAMES[language].split(' ').filter(Boolean)]) BY_NAME.set(name, language)
}

/** The language of a name as it is written behind a fence; undefined: none that is coloured. */
export function languageOf(name: string): Language | undefined {
  return BY_NAME.get(name.toLowerCase())
}
