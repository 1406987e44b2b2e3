import { both } from './both.ts'

export const agenda = {
  title: both('Agenda do Conferente', "Conferente's schedule"),
  current: both(
    (cron: string, zone: string, mode: string) => `agenda: ${cron}, horário de ${zone}, modo ${mode}`,
    (cron, zone, mode) => `schedule: ${cron}, ${zone} time, mode ${mode}`,
  ),
  next: both('próximas execuções:', 'next runs:'),
  needsWorker: both(
    'a agenda vale enquanto houver um conferente trabalhar no ar; um horário perdido é recuperado na volta',
    'the schedule is kept as long as a conferente trabalhar is running; a missed run is made up for when one returns',
  ),
  unchanged: both('nada foi alterado', 'nothing was changed'),
  never: both(
    (cron: string) =>
      `agenda inválida: ${cron}; escreva minuto hora dia mês dia-da-semana em números, como 0 7 * * 1-5, que ocorra no calendário`,
    (cron) =>
      `invalid schedule: ${cron}; write minute hour day month weekday in numbers, such as 0 7 * * 1-5, for a time that exists in the calendar`,
  ),
  unknownZone: both(
    (zone: string) => `fuso desconhecido: ${zone}; escreva um nome IANA, como America/Sao_Paulo`,
    (zone) => `unknown time zone: ${zone}; write an IANA name, such as America/Sao_Paulo`,
  ),
  askCron: both('Quando? (minuto hora dia mês dia-da-semana)', 'When? (minute hour day month weekday)'),
  askZone: both('Em que fuso horário?', 'In which time zone?'),
  askMode: both('Em que modo?', 'In which mode?'),
  askReason: both('Por quê? (fica na auditoria)', 'Why? (kept in the audit trail)'),
  reasonNeeded: both('diga por quê', 'say why'),
  auto: both('detecta e corrige o que é seguro', 'detects, and corrects what is safe'),
  manual: both('só detecta', 'only detects'),
  confirm: both(
    (first: string) => `A próxima execução será ${first}. Gravar?`,
    (first) => `The next run will be ${first}. Save?`,
  ),
  done: both('Gravando.', 'Saving.'),
  description: both(
    'Conferente: agenda, e-mail, API e página de revisão',
    'Conferente: schedule, mail, API and review page',
  ),
  written: both(
    (file: string) => `gravado: ${file}`,
    (file) => `written: ${file}`,
  ),
  exists: both(
    (file: string) => `${file} já existe e não foi tocado`,
    (file) => `${file} already exists and was not touched`,
  ),
  systemdNext: both(
    (file: string, environment: string) =>
      `Nada foi instalado. Para instalar, como root:
  useradd --system conferente
  install -d -m 750 -g conferente /etc/conferente   # e DATABASE_URL=…, CONFERENTE_JWT_SEGREDO=… e SMTP_URL=… em ${environment}
  install -m 644 ${file} /etc/systemd/system/conferente.service
  systemctl daemon-reload && systemctl enable --now conferente`,
    (file, environment) =>
      `Nothing was installed. To install, as root:
  useradd --system conferente
  install -d -m 750 -g conferente /etc/conferente   # and DATABASE_URL=…, CONFERENTE_JWT_SEGREDO=… and SMTP_URL=… in ${environment}
  install -m 644 ${file} /etc/systemd/system/conferente.service
  systemctl daemon-reload && systemctl enable --now conferente`,
  ),
  windowsNext: both(
    (line: string) =>
      `Nada foi instalado. Para instalar, como administrador, com DATABASE_URL, CONFERENTE_JWT_SEGREDO e SMTP_URL no ambiente da máquina:
  ${line}`,
    (line) =>
      `Nothing was installed. To install, as administrator, with DATABASE_URL, CONFERENTE_JWT_SEGREDO and SMTP_URL in the machine's environment:
  ${line}`,
  ),
  cronZone: both(
    (zone: string, system: string) =>
      `aviso: CRON_TZ vale no cronie; o cron do Debian lê a hora no fuso do sistema (${system}), não em ${zone}`,
    (zone, system) =>
      `warning: CRON_TZ works in cronie; Debian's cron reads the time in the system's zone (${system}), not in ${zone}`,
  ),
}
