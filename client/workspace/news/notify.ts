import { inBrowser } from '../parts/page-storage.ts'
import { wantedMessage } from '../transcript/reveal.ts'
import { type News, notificationOf } from './news.ts'

const keyOf = (userId: string) => `colloquy/notify/${encodeURIComponent(userId)}`

/** Whether notifications come, and if not, why. */
export type Notifying = 'on' | 'off' | 'denied' | 'unsupported'

export function notifying(userId: string): Notifying {
  // Where a page is not secure, browsers have none to give.
  if (!isSecureContext || !('Notification' in window)) return 'unsupported'
  if (Notification.permission === 'denied') return 'denied'
  const wanted = inBrowser.getItem(keyOf(userId)) === 'on'
  return wanted && Notification.permission === 'granted' ? 'on' : 'off'
}

/** Asks the browser's own question where it was not answered yet. */
export async function turnNotifications(userId: string, on: boolean): Promise<void> {
  if (!on) return inBrowser.removeItem(keyOf(userId))
  if ((await Notification.requestPermission()) === 'granted') inBrowser.setItem(keyOf(userId), 'on')
}

/** Tells it outside of the page, once for all tabs, where this person has asked for it. */
export function notify(news: News, userId: string, sessionTitle: string): void {
  if (notifying(userId) !== 'on') return
  const { title, body } = notificationOf(news, sessionTitle)
  try {
    const notification = new Notification(title, { body, tag: `colloquy/${news.kind}/${news.id}` })
    notification.onclick = () => {
      window.focus()
      wantedMessage.set(news.messageId)
      notification.close()
    }
  } catch {
    // Some browsers of phones give notifications to installed apps alone.
  }
}
