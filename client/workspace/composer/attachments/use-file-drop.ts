import { useEffect, useRef, useState } from 'react'

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false

/**
 * Files that are dropped anywhere on the page, unless something takes them for itself: a browser would open them in its
 * place. True while some are held over it.
 */
export function useFileDrop(onFiles: (files: readonly File[]) => void): boolean {
  const [over, setOver] = useState(false)
  const take = useRef(onFiles)
  useEffect(() => {
    take.current = onFiles
  })
  useEffect(() => {
    const isFree = (event: DragEvent) =>
      !event.defaultPrevented && document.querySelector('dialog[open]') === null
    const onOver = (event: DragEvent) => {
      if (!hasFiles(event)) return
      setOver(isFree(event))
      event.preventDefault()
    }
    const onLeave = (event: DragEvent) => {
      // From one element to the next is no leaving.
      if (event.relatedTarget === null) setOver(false)
    }
    const onDrop = (event: DragEvent) => {
      setOver(false)
      if (!hasFiles(event)) return
      const free = isFree(event)
      event.preventDefault()
      if (free && event.dataTransfer) take.current(filesOf(event.dataTransfer))
    }
    document.addEventListener('dragover', onOver)
    document.addEventListener('dragleave', onLeave)
    document.addEventListener('drop', onDrop)
    return () => {
      document.removeEventListener('dragover', onOver)
      document.removeEventListener('dragleave', onLeave)
      document.removeEventListener('drop', onDrop)
    }
  }, [])
  return over
}

/** Without folders: those cannot be read. */
function filesOf({ items, files }: DataTransfer): File[] {
  const folders = new Set(
    [...items].flatMap((item, i) => (item.webkitGetAsEntry?.()?.isDirectory ? [i] : [])),
  )
  return [...files].filter((_, i) => !folders.has(i))
}
