import { Suspense } from 'react'
import { useWho } from '../audience/use-who.ts'
import { later } from '../parts/later.tsx'
import { previewed } from '../parts/preview.ts'
import { useStore } from '../parts/store.ts'

const ReadResource = later(() => import('./read-resource.tsx'))

/** The text of what a chip names, over the page. */
export function ResourcePreview() {
  const resource = useStore(previewed)
  const who = useWho()
  return (
    resource && (
      <Suspense>
        <ReadResource key={resource.id} {...resource} who={who} onClose={() => previewed.set(null)} />
      </Suspense>
    )
  )
}
