import type { Said } from '../../../i18n/both.ts'
import type { review } from '../../../i18n/review/review.ts'

/** Made by the server, in the language that it is set to: see src/http/review/review.ts. */
export declare const LANGUAGE: string
/** Where GraphQL is. */
export declare const API: string
/** Path below which the server's other addresses lie; empty or /as/here. */
export declare const BASE: string
/** How people may sign in: by single sign-on, by a link that they have mailed to themselves, or at all. */
export declare const WAYS: { readonly sso: boolean; readonly mail: boolean; readonly any: boolean }
/** States of a finding that wait for a person. */
export declare const WAITING: readonly string[]
export declare const t: Said<typeof review>
