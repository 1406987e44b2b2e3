import { Pool } from 'pg'

/**
 * Connections of node-postgres that become a role before anybody uses them: PgBouncer takes no role at the start.
 * @param role the login is a member of it
 * @param told called when an idle connection is lost; its next user gets another one
 */
export function poolAs(role: string, url: string, told: (error: Error) => void = () => {}): Pool {
  const pool = new Pool({
    connectionString: url,
    // a listener may hear nothing for days
    onConnect: (client) => client.query(`set role ${role}; set idle_session_timeout = 0`),
  })
  pool.on('error', told)
  pool.on('connect', (client) => client.on('error', () => {})) // its user gets the error
  return pool
}
