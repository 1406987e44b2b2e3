/** node-postgres, used by migrations, the queue and GraphQL, reports a lost connection only in the message. */
const LOST = /^(Connection terminated|Client has encountered a connection error)/

/** A connection of node-postgres that was lost. */
export const isLost = (error: unknown): boolean => LOST.test(String((error as Error | null)?.message ?? ''))
