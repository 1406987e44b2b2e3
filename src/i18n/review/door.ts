import { both } from '../both.ts'

/** Signing in on the review page, and what is said when a session is over. */
export const door = {
  title: both('Entrar', 'Sign in'),
  sso: both('Entrar com o login da empresa', "Sign in with the company's login"),
  stillIn: both(
    'Você saiu do Conferente, mas continua conectado ao login da empresa.',
    "You have signed out of Conferente, but you are still signed in to the company's login.",
  ),
  leaveToo: both('Sair dele também', 'Sign out there too'),
  mailed: {
    address: both('Seu e-mail', 'Your email address'),
    send: both('Receber um link por e-mail', 'Email me a link'),
    sent: both(
      'Se este endereço estiver registrado, o link chega em instantes e vale dez minutos. Abra-o neste navegador.',
      'If this address is registered, the link arrives in a moment and is good for ten minutes. Open it in this browser.',
    ),
  },
  link: both(
    'Ou peça um link de uso único a quem administra o Conferente e abra-o neste navegador. Ele vale dez minutos e é criado assim:',
    'Or ask an administrator of Conferente for a one-time link, and open it in this browser. It is good for ten minutes and is made like this:',
  ),
  linkOnly: both(
    'Peça um link de uso único a quem administra o Conferente e abra-o neste navegador. Ele vale dez minutos e é criado assim:',
    'Ask an administrator of Conferente for a one-time link, and open it in this browser. It is good for ten minutes and is made like this:',
  ),
  command: both(
    'conferente convite --nome SEU_NOME --papel revisor',
    'conferente convite --nome YOUR_NAME --papel revisor',
  ),
  none: both(
    'Ainda não é possível entrar por esta página: quem cuida do servidor precisa configurar o login único (CONFERENTE_OIDC_…) ou CONFERENTE_JWT_SEGREDO.',
    'Nobody can sign in on this page yet: the operator of the server has to set up single sign-on (CONFERENTE_OIDC_…) or CONFERENTE_JWT_SEGREDO.',
  ),
  invited: {
    title: both('Você tem um link de entrada', 'You have a sign-in link'),
    once: both(
      'Ele vale uma vez só, neste navegador. Você fica conectado em todas as abas por algumas horas.',
      'It works once, in this browser. You stay signed in on all tabs for some hours.',
    ),
    enter: both('Entrar', 'Enter'),
    notKept: both(
      'O link foi usado, mas o navegador não guardou o acesso: permita cookies deste endereço e peça outro link.',
      'The link was used, but the browser did not keep the sign-in: allow cookies for this address and ask for another link.',
    ),
    drop: both('Entrar de outro jeito', 'Sign in another way'),
  },
  again: {
    title: both('Entre de novo', 'Sign in again'),
    nothingLost: both(
      'Seu acesso expirou ou foi encerrado. Nada se perdeu: entre de novo em outra aba, e o que estava em curso continua aqui sozinho.',
      'Your sign-in has expired or was ended. Nothing is lost: sign in again on another tab, and what was under way here will continue by itself.',
    ),
    done: both('Já entrei', 'I have signed in'),
    other: both(
      'Outra pessoa entrou: o que estava em curso não foi feito.',
      'Somebody else has signed in: what was under way was not done.',
    ),
  },
}
