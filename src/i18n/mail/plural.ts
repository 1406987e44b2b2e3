/** A written number with its noun; the number decides which. */
export const counted = (n: string, one: string, many: string) => `${n} ${n === '1' ? one : many}`

export const plural = (n: number, one: string, many: string) => (n === 1 ? one : many)
