import { announce } from './announcer.tsx'
import { toast } from './toasts.tsx'

/** @returns whether the text is on the clipboard; plain http on a LAN has none */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    announce('Copied')
    return true
  } catch {
    toast('This page may not use the clipboard. Select the text and copy it.')
    return false
  }
}
