import { type ComponentType, lazy } from 'react'
import type { SharedFieldProps } from './editor/shared-field.tsx'
import { PlainSharedField } from './plain-shared-field.tsx'

/** Where the editor cannot be loaded, as after an upgrade of the server, one still writes together: without cursors. */
export const SharedField = lazy<ComponentType<SharedFieldProps>>(() =>
  import('./editor/shared-field.tsx').catch(() => ({ default: PlainSharedField })),
)
