import { both } from './both.ts'
import { setting } from './setting.ts'

export const error = {
  error: both(
    (message: string) => `erro: ${message}`,
    (message) => `error: ${message}`,
  ),
  warning: both(
    (message: string) => `aviso: ${message}`,
    (message) => `warning: ${message}`,
  ),
  hint: both(
    (hint: string) => `Sugestão: ${hint}`,
    (hint) => `Hint: ${hint}`,
  ),
  code: both(
    (code: string) => `Código: ${code}`,
    (code) => `Code: ${code}`,
  ),
  settings: both(
    'erro: há variáveis de ambiente que não podem ser usadas',
    'error: there are environment variables that cannot be used',
  ),
  setting,
  interrupted: both(
    'interrompido; o que já estava gravado permanece, o resto foi desfeito',
    'interrupted; what was committed stays, the rest was undone',
  ),
  sessionInterrupted: both(
    (id: string) =>
      `sessão ${id} interrompida e registrada como falhou; o que já estava gravado permanece e pode ser revertido`,
    (id) =>
      `session ${id} interrupted and recorded as falhou; what was committed stays and can be rolled back`,
  ),
  unreachable: both(
    'não há banco de dados respondendo nesse endereço',
    'no database answers at that address',
  ),
  unreachableHint: both(
    'confira o endereço e a porta em DATABASE_URL, e se o servidor está no ar.',
    'check address and port in DATABASE_URL, and whether the server is up.',
  ),
  nodeAway: both('um nó do cluster não respondeu', 'a node of the cluster did not answer'),
  nodeAwayHint: both(
    'o que estava em curso foi desfeito por inteiro; veja o nó no detalhe e rode o comando de novo quando ele voltar',
    'what was going on was undone entirely; see which node below and run the command again once it is back',
  ),
  noTls: both(
    'o servidor não aceita conexões com TLS, e sslmode pede uma; nada foi feito',
    'the server accepts no TLS connections, and sslmode asks for one; nothing was done',
  ),
  noTlsHint: both(
    'ligue o TLS no servidor (ssl = on), ou tire sslmode de DATABASE_URL se a rede é de confiança.',
    'switch TLS on in the server (ssl = on), or take sslmode out of DATABASE_URL if the network is trusted.',
  ),
  lost: both(
    'a conexão com o banco caiu no meio do trabalho',
    'the connection to the database was lost in the middle of the work',
  ),
  lostHint: both(
    'o passo em curso foi desfeito por inteiro; rode o comando de novo: a próxima sessão encerra a interrompida e continua.',
    'the step under way was undone as a whole; run the command again: the next session closes the interrupted one and goes on.',
  ),
  login: both('o banco recusou o usuário ou a senha', 'the database refused the user or the password'),
  loginHint: both('confira usuário e senha em DATABASE_URL.', 'check user and password in DATABASE_URL.'),
  noDatabase: both('o banco de dados não existe', 'the database does not exist'),
  noDatabaseHint: both(
    'crie-o (create database …) ou confira o nome em DATABASE_URL.',
    'create it (create database …) or check its name in DATABASE_URL.',
  ),
  noDemoHint: both('rode antes: conferente demo', 'first run: conferente demo'),
  tooMany: both(
    'o servidor não aceita mais conexões agora',
    'the server accepts no more connections right now',
  ),
  notMigrated: both(
    'este banco ainda não tem o Conferente, ou tem uma versão anterior',
    'Conferente is not installed in this database yet, or is an older version',
  ),
  notMigratedHint: both('rode: conferente migrar', 'run: conferente migrar'),
  migrationRefused: both(
    'o banco não foi migrado e ficou como estava; o impedimento está acima',
    'the database was not migrated and nothing changed; what is in the way is shown above',
  ),
  forbidden: both('sem permissão para isto', 'no permission for this'),
  forbiddenHint: both(
    (role: string, login: string) => `este comando pede o papel ${role}: grant ${role} to ${login};`,
    (role, login) => `this command needs role ${role}: grant ${role} to ${login};`,
  ),
  yourLogin: both('seu_usuario', 'your_user'),
  lacking: both(
    (role: string) => `ao papel ${role}, com que o Conferente acessa o data warehouse, falta um direito`,
    (role) => `${role}, the role with which Conferente accesses the warehouse, lacks a right`,
  ),
  lackingHint: both(
    (grant: string | undefined) =>
      `${grant ? `${grant} ` : ''}conferente diagnostico mostra tudo o que falta.`,
    (grant) => `${grant ? `${grant} ` : ''}conferente diagnostico shows everything that is missing.`,
  ),
  cancelled: both(
    'a consulta foi cancelada ou passou do tempo limite',
    'the query was cancelled or took longer than allowed',
  ),
  readOnly: both(
    'este banco só aceita leitura: é uma réplica (standby), ou está em modo somente leitura',
    'this database is read-only: it is a standby, or set to read-only mode',
  ),
  readOnlyHint: both(
    'aponte DATABASE_URL para o servidor primário, ou promova este (select pg_promote()); conferente diagnostico e as listas funcionam aqui.',
    'point DATABASE_URL at the primary, or promote this server (select pg_promote()); conferente diagnostico and the lists work here.',
  ),
  diskFull: both('o disco do servidor está cheio', "the server's disk is full"),
}

/** Printed before the database's own message, which is always in Portuguese. */
export const code = {
  NC001: both('', 'An argument is invalid.'),
  NC002: both('', 'The window is reversed: the first date is after the last one.'),
  NC003: both('', 'The rule is unknown or not active.'),
  NC004: both('', 'There is nothing with this id.'),
  NC005: both('', 'This is not possible in its present status.'),
  NC006: both('', 'A reason is needed.'),
  NC007: both('', 'The second approval must come from another person.'),
  NC008: both('', 'There is no such setting.'),
  NC009: both('', 'The value is of the wrong type or out of range.'),
  NC010: both('', 'The warehouse does not meet the contract; see conferente diagnostico.'),
  NC011: both('', 'The rule cannot be registered like this.'),
  NC012: both('', 'The rule returned something that cannot be used.'),
  NC013: both('', 'Audit facts can be added, never changed or deleted.'),
  NC014: both('', 'The pattern cannot be used.'),
  NC015: both('', 'These values cannot be proposed.'),
  NC016: both('', 'The session is not under way.'),
  NC017: both('', 'There is nothing to do here.'),
  NC018: both('', 'The exception cannot be declared like this.'),
  NC019: both('', 'A correction that failed verification could not be undone; its batch was rolled back.'),
  NC020: both('', 'The token is unknown or revoked, or gives no role.'),
  NC021: both('', 'This is not what was seen.'),
  NC022: both('', 'The period is closed.'),
  NC023: both('', 'This line of the spreadsheet is not as it was exported.'),
  NC025: both('', 'The link to sign in is unknown, used, expired or revoked.'),
  NC026: both('', 'Nobody has given this person a role.'),
  NC029: both('', 'This key was used for another request.'),
  NC031: both('', 'No entry has this category.'),
  NC032: both('', 'The rule has lost auto.'),
  NC042: both('', 'The rule may not correct by itself.'),
  NC043: both('', 'The facts are in the archive.'),
  NC044: both('', 'The months cannot go to the archive yet.'),
  NC045: both('', 'The person cannot be forgotten yet.'),
  NC901: both('', 'Schema dw holds objects that do not belong to the demo.'),
  NC902: both('', 'Invalid arguments for the demo.'),
  NC903: both('', 'There is no demo warehouse in this database.'),
}

export const embedded = {
  disk_full: both(
    'o disco está cheio: o PostgreSQL embutido não pode gravar seus dados',
    'the disk is full: the embedded PostgreSQL cannot write its data',
  ),
  port_taken: both(
    'a porta do PostgreSQL embutido está ocupada por outro programa',
    "the embedded PostgreSQL's port is taken by another program",
  ),
  wrong_version: both(
    'os dados foram criados por outra versão do PostgreSQL',
    'the data were created by another version of PostgreSQL',
  ),
  not_ours: both(
    'o diretório de dados contém outra coisa; o Conferente não mexe nele (veja CONFERENTE_DADOS)',
    'the data directory holds something else; Conferente does not touch it (see CONFERENTE_DADOS)',
  ),
  no_permission: both(
    'sem permissão para ler ou gravar no diretório de dados',
    'no permission to read or write the data directory',
  ),
  no_binary: both(
    'o PostgreSQL embutido não está instalado, ou não roda aqui: instale-o (npm install sem --omit=optional) ou informe em DATABASE_URL o endereço do seu',
    'the embedded PostgreSQL is not installed, or does not run here: install it (npm install without --omit=optional) or set DATABASE_URL to your own',
  ),
  no_password: both(
    'falta o arquivo da senha do PostgreSQL embutido',
    "the embedded PostgreSQL's password file is missing",
  ),
  no_lock: both('não foi possível travar o diretório de dados', 'the data directory could not be locked'),
  no_memory: both(
    'falta memória para o PostgreSQL embutido',
    'not enough memory for the embedded PostgreSQL',
  ),
  in_use: both('outro processo usa o diretório de dados', 'another process uses the data directory'),
  start_timeout: both(
    'o PostgreSQL embutido não ficou pronto a tempo',
    'the embedded PostgreSQL was not ready in time',
  ),
  start_failed: both('o PostgreSQL embutido não iniciou', 'the embedded PostgreSQL did not start'),
  stop_failed: both('o PostgreSQL embutido não parou', 'the embedded PostgreSQL did not stop'),
}
