/** No connection came free in time: the database is away or overloaded. */
export class ReachError extends Error {
  readonly code = 'CONNECT_TIMEOUT'
}

/**
 * Starts something that has to get hold of a connection first, which the client would wait for without end.
 * @param start calls what it is given once it has one; from the deadline on that throws, so that nothing refused is done later
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
