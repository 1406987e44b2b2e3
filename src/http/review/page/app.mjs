// The review page: who is signed in, and which screen and place are shown. Nothing is decided here.
import { actAs, ask, post, Refusal, setDoor, tabs } from './api.mjs'
import { Corrected } from './corrected.mjs'
import { groupsFor } from './groups.mjs'
import { Help } from './help.mjs'
import { useKeys } from './keys.mjs'
import { dropInvitation, Invited, invitation, Login, LoginAgain } from './login.mjs'
import { useOffice } from './office.mjs'
import { One } from './one.mjs'
import { Overview } from './overview.mjs'
import { Postponed } from './postponed.mjs'
import { html, render, useEffect, useMemo, useState } from './preact.mjs'
import { whoAmI } from './queries.mjs'
import { Queue } from './queue.mjs'
import { Rules } from './rules.mjs'
import { begin } from './start.mjs'
import { Said, Strip, screensOf, Top } from './top.mjs'
import { t } from './words.mjs'

/** @typedef {import('./queries.mjs').Person} Person */

const asked = () => new URLSearchParams(location.search)

function Page() {
  const [me, setMe] = useState(/** @type {Person | undefined} */ (undefined))
  const [refusal, setRefusal] = useState(/** @type {string | undefined} */ (undefined))
  const [failed, setFailed] = useState('')
  const [end, setEnd] = useState(/** @type {string | undefined} */ (undefined))
  const [secret, setSecret] = useState(invitation)
  /** @param {string} [nobody] what it means that nobody has signed in */
  const recognise = (nobody = '') => {
    setFailed('')
    const asked = begin('me') ?? whoAmI()
    asked.then(
      (who) => {
        setMe(who)
        tabs.postMessage('entrou') // whichever way it was
      },
      (error) => {
        if (!(error instanceof Refusal)) throw error
        if (error.login) setRefusal(nobody)
        else setFailed(error.message)
      },
    )
  }
  const leave = async () => {
    setDoor(undefined)
    try {
      const { fim } = await post('sair', {})
      setEnd(fim)
      setRefusal('')
      tabs.postMessage('saiu')
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      setRefusal(error.message)
    }
    setMe(undefined)
  }
  /** @param {string} [nobody] */
  const arrive = (nobody) => {
    dropInvitation()
    setSecret(null)
    recognise(nobody)
  }
  useEffect(() => {
    // opening a link in a page that is already there loads nothing
    const opened = () => invitation() && setSecret(invitation())
    addEventListener('hashchange', opened)
    if (!secret) recognise()
    return () => removeEventListener('hashchange', opened)
  }, [])
  actAs(me?.nome)
  if (secret)
    return html`<${Invited} secret=${secret} entered=${() => arrive(t.door.invited.notKept)} drop=${() => arrive()} />`
  if (me) return html`<${Review} key=${me.nome} me=${me} leave=${leave} become=${setMe} />`
  if (refusal !== undefined)
    return html`<${Login} refusal=${refusal} end=${end} recognise=${() => recognise()} />`
  return html`<main class="plain"><p role=${failed ? 'alert' : 'status'}>${failed || t.loading}</p>${failed && html`<button type="button" onClick=${() => recognise()}>${t.tryAgain}</button>`}</main>`
}

/**
 * What to show while the door asks who it is again: somebody's time is over, or another left or came in in another tab.
 * @param {Person} me
 * @param {() => void} leave
 * @param {(me: Person) => void} become
 */
function useExpired(me, leave, become) {
  const [expired, setExpired] = useState(
    /** @type {{ why: string, entered: (who: Person) => void, gone: () => void } | undefined} */ (undefined),
  )
  useEffect(() => {
    setDoor(
      (why) =>
        new Promise((resolve, reject) =>
          setExpired({
            why,
            entered(who) {
              setExpired(undefined)
              // What one person began is not done in another's name.
              if (who.nome !== me.nome) {
                reject(new Refusal(t.door.again.other))
                become(who)
              } else resolve()
            },
            gone() {
              setExpired(undefined)
              reject(new Refusal(why))
              leave()
            },
          }),
        ),
    )
    // Somebody signed in or out in another tab: if it is no longer the same person, the door says so.
    const elsewhere = () => void ask('{ quemSou { nome } }').catch(() => {})
    tabs.addEventListener('message', elsewhere)
    return () => {
      setDoor(undefined)
      tabs.removeEventListener('message', elsewhere)
    }
  }, [])
  return expired
}

/** What the address asks for, and how it changes. */
function useAddress() {
  const [address, setAddress] = useState(asked)
  useEffect(() => {
    const back = () => setAddress(asked())
    addEventListener('popstate', back)
    return () => removeEventListener('popstate', back)
  }, [])
  /**
   * @param {Record<string, string | null>} changes
   * @param {{ push?: boolean }} [how] push: so that back leads back
   */
  const go = (changes, { push = false } = {}) => {
    const next = asked()
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) next.delete(name)
      else next.set(name, value)
    }
    const url = next.size > 0 ? `?${next}` : location.pathname
    if (push && next.toString() !== asked().toString()) history.pushState(null, '', url)
    else history.replaceState(null, '', url)
    setAddress(next)
  }
  return { address, go }
}

/** @param {{ me: Person, leave: () => void, become: (me: Person) => void }} props */
function Review({ me, leave, become }) {
  const office = useOffice(me)
  const { address, go } = useAddress()
  const expired = useExpired(me, leave, become)
  const [help, setHelp] = useState(false)
  const decides = me.papeis.includes('revisor')
  const screens = screensOf(me.papeis)
  const only = address.get('divergencia')
  const screen = only === null ? (screens.find((name) => name === address.get('tela')) ?? 'fila') : undefined

  const show = (/** @type {string} */ name) => {
    office.quiet()
    go({ tela: name === 'fila' ? null : name, grupo: null, divergencia: null }, { push: true })
  }
  useKeys({
    '?': () => setHelp(true),
    ...Object.fromEntries(screens.map((name, index) => [String(index + 1), () => show(name)])),
  })

  const waiting = useMemo(() => office.desk && groupsFor(office.desk, 'fila'), [office.desk])
  const unlikely = useMemo(() => office.desk && groupsFor(office.desk, 'improvaveis'), [office.desk])
  const second = useMemo(
    () => office.desk && groupsFor(office.desk, 'segunda').filter(({ own }) => !own),
    [office.desk],
  )
  const many = (/** @type {readonly { count: number }[] | undefined} */ groups) =>
    (groups ?? []).reduce((sum, { count }) => sum + count, 0)
  const queue = screen === 'fila' || screen === 'segunda' || screen === 'improvaveis'
  const common = { office, decides, address, go }
  return html`
    <${Top} screen=${screen} counts=${{ fila: many(waiting), segunda: many(second), adiadas: office.desk?.postponed ?? 0, improvaveis: many(unlikely), corrigidas: office.desk?.corrected ?? 0 }} me=${me} show=${show} leave=${leave} help=${() => setHelp(true)} />
    <${Strip} office=${office} waiting=${waiting} unlikely=${many(unlikely)} show=${show} printedBy=${me.nome} />
    ${only !== null && html`<${One} key=${only} id=${only} office=${office} decides=${decides} me=${me.nome} all=${() => show('fila')} />`}
    ${queue && html`<${Queue} key=${screen} screen=${screen} me=${me.nome} ...${common} />`}
    ${screen === 'adiadas' && html`<${Postponed} ...${common} />`}
    ${screen === 'corrigidas' && html`<${Corrected} ...${common} reverts=${decides || me.papeis.includes('operador')} />`}
    ${screen === 'geral' && html`<${Overview} office=${office} administers=${me.papeis.includes('administrador')} operates=${me.papeis.includes('operador')} reviews=${me.papeis.includes('revisor')} />`}
    ${screen === 'regras' && html`<${Rules} office=${office} address=${address} go=${go} />`}
    <${Said} office=${office} hints=${screen !== 'geral' && screen !== 'regras'} undo=${decides ? () => office.takeBack().then((key) => key && queue && go({ grupo: key })) : undefined} />
    ${expired && html`<${LoginAgain} why=${expired.why} entered=${expired.entered} leave=${expired.gone} />`}
    ${help && html`<${Help} close=${() => setHelp(false)} />`}
  `
}

render(html`<${Page} />`, document.body)
