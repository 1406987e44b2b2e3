import { both } from './both.ts'

/** Texts of the commands that let people in. */
export const signin = {
  invited: both(
    (name: string, role: string, until: string) =>
      `Link de uso único para ${name}, papel ${role}, vale até ${until}. Mande-o só a essa pessoa:`,
    (name, role, until) =>
      `One-time link for ${name}, role ${role}, good until ${until}. Give it to that person only:`,
  ),
  mailed: both(
    (name: string, address: string, until: string) =>
      `Link para ${name} enviado a ${address}, vale até ${until}.`,
    (name, address, until) => `Link for ${name} mailed to ${address}, good until ${until}.`,
  ),
  noMail: both(
    'não há servidor de e-mail: defina SMTP_URL, ou entregue o link sem --enviar',
    'there is no mail server: set SMTP_URL, or hand the link over without --enviar',
  ),
  notMailed: both(
    (why: string) => `o link não foi enviado: ${why}`,
    (why) => `the link was not mailed: ${why}`,
  ),
  nobody: both('Ninguém registrado.', 'Nobody is registered.'),
  wouldForget: both(
    'Estes são os lugares em que o nome está. Nada foi feito.',
    'This is where the name stands. Nothing was done.',
  ),
  forgotten: both(
    (pseudonym: string, id: string) =>
      `No lugar do nome está ${pseudonym} (operação ${id}). Cópias, e-mails enviados e arquivos exportados ainda o têm.`,
    (pseudonym: string, id: string) =>
      `${pseudonym} stands in the place of the name (operation ${id}). Backups, sent mail and exported files still hold it.`,
  ),
  doubtful: both(
    (n: string) => `${n} textos ainda têm uma palavra igual, que pode ser o nome de outra pessoa.`,
    (n: string) => `${n} texts still hold the same word, which may be somebody else's name.`,
  ),
  noIdentity: both('Nenhum nome ligado a outra pessoa.', 'No name is tied to another person.'),
  tied: both(
    (name: string, person: string) => `${name} e ${person} são a mesma pessoa a partir de agora.`,
    (name: string, person: string) => `${name} and ${person} are one person from now on.`,
  ),
  untied: both(
    (name: string) => `${name} volta a ser uma pessoa à parte.`,
    (name: string) => `${name} is a separate person again.`,
  ),
  registered: both(
    (name: string, role: string) => `${name} entra como ${role}.`,
    (name, role) => `${name} signs in as ${role}.`,
  ),
  removed: both(
    (name: string) => `${name} não entra mais; os acessos que tinha foram encerrados.`,
    (name) => `${name} can no longer sign in; open sign-ins are refused.`,
  ),
  letter: {
    subject: both('Conferente: seu link de entrada', 'Conferente: your sign-in link'),
    text: both(
      (name: string, url: string, until: string) =>
        `Olá, ${name}.\n\nEste link deixa você entrar no Conferente, uma vez só, até ${until}:\n\n${url}\n\nSe você não o pediu, ignore esta mensagem.\n`,
      (name, url, until) =>
        `Hello, ${name}.\n\nWith this link you can sign in to Conferente, once, until ${until}:\n\n${url}\n\nIf you did not ask for it, ignore this message.\n`,
    ),
  },
}
