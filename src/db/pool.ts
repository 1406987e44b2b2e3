import { Pool } from 'pg'

/**
 * Connections of node-postgres that become a role before anybody uses them: PgBouncer takes no role at the start.
 * @param role of which the login is a member
 * @param told what an idle connection says when it is lost; its next user gets another one
 */
export function poolAs(role: string, url: string, told: (error: Error) => void = () => {}): Pool {
  const pool = new Pool({
    connectionString: url,
    // a listener may have nothing to say for days
    onConnect: (client) => client.query(`set role ${role}; set idle_session_timeout = 0`),
  })
  pool.on('error', told)
  pool.on('connect', (client) => client.on('error', () => {})) // of one in use, its user is told
  return pool
}
