import type { Task } from 'graphile-worker'
import type { PostOptions } from '../src/channels/post.ts'
import { alone } from '../src/db/connection.ts'
import type { WorkContext } from '../src/worker/context.ts'
import { stampHead } from '../src/worker/stamp.ts'

/**
 * Gets a time stamp for the head of the chain from an outside authority. Idempotent: each link is stamped once. If it fails, the next
 * tick tries again.
 */
export default function carimbarCabeca({ open }: WorkContext, post: PostOptions, roots?: string): Task {
  return () => alone(open(), (sql) => stampHead(sql, post, roots))
}
