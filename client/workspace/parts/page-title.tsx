import { use } from 'react'
import { BoxContext } from './box.ts'

/** The title of the tab, where the page is the workspace's own. */
export function PageTitle({ children }: { children: string }) {
  return use(BoxContext) === null ? <title>{children}</title> : null
}
