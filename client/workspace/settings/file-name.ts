const LENGTH = 60

/** What a file of this session is called: nothing in it that a file system or a shell would mind. */
export function fileName(title: string, ending: string): string {
  const words = title
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
  return `${[...words].slice(0, LENGTH).join('') || 'session'}.${ending}`
}
