/** What keeps the service running, as text for the system's own scheduler. Nothing here installs anything. */
export interface Installed {
  /** Program and its first arguments: node and the command's script. */
  readonly command: readonly [string, string]
  /** File with DATABASE_URL=… and the like, kept apart because it holds secrets. */
  readonly environmentFile: string
}

/** A systemd unit for `conferente trabalhar`. */
export function systemdUnit({ command, environmentFile }: Installed, description: string): string {
  // Specifiers begin with %, variables with $, in quotes too.
  const quoted = command.map(
    (word) => `"${word.replace(/["\\]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`,
  )
  return `[Unit]
Description=${description}
After=network-online.target
Wants=network-online.target

[Service]
User=conferente
# For the embedded PostgreSQL, where no DATABASE_URL is set.
StateDirectory=conferente
Environment=CONFERENTE_DADOS=/var/lib/conferente
EnvironmentFile=${environmentFile.replaceAll('%', '%%')}
ExecStart=${quoted.join(' ')} trabalhar --prazo 60
Restart=always
RestartSec=10
# trabalhar finishes or hands back within 60 s; only then may it be killed.
TimeoutStopSec=75
KillMode=mixed
NoNewPrivileges=true
PrivateTmp=true
ProtectSystem=full

[Install]
WantedBy=multi-user.target
`
}

/**
 * A task for the Windows Task Scheduler that runs `conferente trabalhar` from the start of the system on. The environment
 * is that of the machine: `setx /m DATABASE_URL …`.
 * @param encoding declared in its first line; a file that schtasks reads is UTF-16
 */
export function windowsTask(
  { command }: Pick<Installed, 'command'>,
  description: string,
  encoding?: string,
): string {
  const [program, script] = command
  return `<?xml version="1.0"${encoding ? ` encoding="${encoding}"` : ''}?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>${escapeXml(description)}</Description>
  </RegistrationInfo>
  <Triggers>
    <BootTrigger>
      <Enabled>true</Enabled>
    </BootTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>S-1-5-19</UserId>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>999</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${escapeXml(program)}</Command>
      <Arguments>${escapeXml(`"${script}" trabalhar`)}</Arguments>
    </Exec>
  </Actions>
</Task>
`
}

/** What installs such a task, to be run by an administrator. */
export const schtasksLine = (file: string) => `schtasks /create /tn Conferente /xml "${file}"`

/**
 * Lines for crontab that run one session a day without a worker.
 * @param schedule read in `fuso` by a cron that knows CRON_TZ (cronie); Debian's reads it in the system's zone
 */
export function crontabLines(
  { command, environmentFile }: Installed,
  { cron, fuso, modo }: { cron: string; fuso: string; modo: string },
): string {
  const words = [...command, 'processar', '--modo', modo].map(shellQuoted)
  const line = `set -a; . ${shellQuoted(environmentFile)}; exec ${words.join(' ')}`
  // An unescaped % ends the command in a crontab.
  return `CRON_TZ=${fuso}\n${cron} ${line.replaceAll('%', '\\%')}\n`
}

const shellQuoted = (word: string) =>
  /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escapeXml = (text: string) => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
