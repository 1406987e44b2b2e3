/** node-postgres, by which migrations, the queue and GraphQL speak, says it by a message alone. */
const LOST = /^(Connection terminated|Client has encountered a connection error)/

/** A connection of node-postgres that was lost. */
export const isLost = (error: unknown): boolean => LOST.test(String((error as Error | null)?.message ?? ''))
