/** Past this the browser has begun to save it. */
const KEPT_MS = 60_000

/** Has the browser save it: it was fetched as whoever this tab is, which a link to the server would not be. */
export function download(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS)
}
