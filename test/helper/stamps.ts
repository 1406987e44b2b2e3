// A time-stamping authority: OpenSSL's, behind a small HTTP server.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'

const run = promisify(execFile)

const CONFIG = `
[req]
distinguished_name = dn
prompt = no
[dn]
CN = Autoridade de teste
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
[tsa]
basicConstraints = CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[other]
basicConstraints = CA:false
extendedKeyUsage = serverAuth
[stamps]
dir = .
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
certs = ca.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = no
tsa_name = yes
ess_cert_id_chain = yes
ess_cert_id_alg = sha256
`

/** A root, and an authority that it vouches for, in a folder of its own. */
export async function authority(t: Pick<Test, 'teardown'>, kind: 'rsa' | 'ec' = 'rsa') {
  const folder = await mkdtemp(join(tmpdir(), 'carimbo-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const openssl = (line: string, ...more: string[]) =>
    run('openssl', [...line.split(' '), ...more], { cwd: folder, encoding: 'buffer' })
  await writeFile(join(folder, 'openssl.cnf'), CONFIG)
  await writeFile(join(folder, 'serial'), '01\n')
  const key = `-nodes -newkey ${kind === 'rsa' ? 'rsa:2048' : 'ec -pkeyopt ec_paramgen_curve:P-256'}`
  const made = 'req -config openssl.cnf'
  const root = `${made} -x509 -extensions ca ${key} -keyout ca.key -out ca.pem -days 3650 -subj`
  await openssl(root, '/CN=Raiz de teste')
  await openssl(`${made} ${key} -keyout tsa.key -out tsa.csr -subj`, '/CN=Carimbo de teste')
  const signed = 'x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -set_serial 7 -days 3650 -out tsa.pem'
  await openssl(`${signed} -extfile openssl.cnf -extensions tsa`)
  let number = 0
  return {
    folder,
    roots: join(folder, 'ca.pem'),
    ca: await readFile(join(folder, 'ca.pem')),
    openssl,
    async reply(request: Buffer): Promise<Buffer> {
      number += 1
      const [asked, answered] = [`${number}.tsq`, `${number}.tsr`]
      await writeFile(join(folder, asked), request)
      await openssl(`ts -reply -config openssl.cnf -section stamps -queryfile ${asked} -out ${answered}`)
      return readFile(join(folder, answered))
    },
    /** What `openssl ts -verify` says of a token. */
    async verify(token: Buffer, seal: string): Promise<boolean> {
      await writeFile(join(folder, 'token.der'), token)
      return openssl(`ts -verify -digest ${seal} -in token.der -token_in -CAfile ca.pem`).then(
        ({ stdout }) => stdout.toString().includes('Verification: OK'),
        () => false,
      )
    },
  }
}

export type Authority = Awaited<ReturnType<typeof authority>>

/** The authority at an address. */
export async function stamping(t: Pick<Test, 'teardown'>, { reply }: Authority) {
  const received: { type: string | undefined; body: Buffer }[] = []
  /** One for each request from now on, in order, instead of a stamp. */
  const answers: (number | ((answer: ServerResponse) => void))[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const body = Buffer.concat(chunks)
      received.push({ type: request.headers['content-type'], body })
      const answer = answers.shift()
      if (typeof answer === 'number') response.writeHead(answer).end('não agora')
      else if (answer) answer(response)
      else response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(await reply(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsr`, received, answers }
}
