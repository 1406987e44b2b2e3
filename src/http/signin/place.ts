/** Pages that one may be sent back to after signing in, below the base path. */
const PAGES = /^\/(revisao\/?|api\/docs(\/.*)?)$/

/**
 * Where to go after signing in: one of our own pages, with its query. Anything else, above all another site, becomes the review
 * page.
 * @param asked as it stands in the address of the request
 */
export function placeAfter(base: string, asked: unknown): string {
  const fallback = `${base}/revisao`
  const here = 'http://conferente.invalid'
  if (typeof asked !== 'string' || asked.length > 2_000 || !URL.canParse(asked, here)) return fallback
  const { origin, pathname, search } = new URL(asked, here)
  if (origin !== here || !pathname.startsWith(`${base}/`)) return fallback
  return PAGES.test(pathname.slice(base.length)) ? `${pathname}${search}` : fallback
}
