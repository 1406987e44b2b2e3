/** A formatted number with its noun in the right form. */
export const counted = (n: string, one: string, many: string) => `${n} ${n === '1' ? one : many}`

export const plural = (n: number, one: string, many: string) => (n === 1 ? one : many)
