import { Link } from 'wouter'
import { Notice } from './notice.tsx'

export function NoSuchPage() {
  return (
    <Notice title="There is no such page" text="The address leads nowhere here.">
      <Link href="/" className="text-accent underline underline-offset-2">
        To your sessions
      </Link>
    </Notice>
  )
}
