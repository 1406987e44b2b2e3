/** No connection came free in time: the database is away or overloaded. */
export class ReachError extends Error {
  readonly code = 'CONNECT_TIMEOUT'
}

/**
 * Starts something that needs a connection first, for which the client would otherwise wait without end.
 * @param start calls its argument once it has a connection; after the deadline that call throws, so that nothing refused is done
 *   later
 * @throws {ReachError}
 */
export async function withinReach<T>(
  start: (arrived: () => void) => Promise<T>,
  deadlineMs = 10_000,
): Promise<T> {
  const deadline = Promise.withResolvers<never>()
  let late = false
  const timer = setTimeout(() => {
    late = true
    deadline.reject(new ReachError('no connection to the database in time'))
  }, deadlineMs)
  const started = start(() => {
    if (late) throw new ReachError('too late')
    clearTimeout(timer)
  })
  try {
    return await Promise.race([started, deadline.promise])
  } finally {
    clearTimeout(timer)
    started.catch(() => {})
  }
}
