import type { Said } from '../../../i18n/both.ts'
import type { review } from '../../../i18n/review/review.ts'

/** Made by the server, in the language that it is set to: see src/http/review/review.ts. */
export declare const LANGUAGE: string
/** Where GraphQL is. */
export declare const API: string
/** Where REST is. */
export declare const REST: string
export declare const t: Said<typeof review>
