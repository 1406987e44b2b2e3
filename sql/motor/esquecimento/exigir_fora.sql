-- Refuses to forget somebody who can still act, or whose word still waits for somebody: each reason with what to do first. Called by
-- esquecer_pessoa.
create or replace function audit_interno.exigir_fora(quem audit_interno.esquecida)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_razao record;
begin
  select r.* into v_razao
  from (
    select 1 as n, format('%s entra como %s', p.nome, replace(p.papel, 'conferente_', '')) as detalhe, 'conferente pessoas --remover …' as faca
    from audit.vw_pessoas p where audit_interno.pessoa_de(p.nome) = (quem).pessoa
    union all
    select 2, format('o login %s entra no banco', r.rolname), 'O DBA apaga esse login ou tira dele os papéis do Conferente.'
    from pg_roles r
    where r.rolcanlogin and audit_interno.pessoa_de(r.rolname) = (quem).pessoa
      and (r.rolsuper or exists (
        select from pg_roles p where p.rolname like 'conferente%' and p.oid <> r.oid and pg_has_role(r.oid, p.oid, 'member')))
    union all
    select 3, format('o token %s vale até %s', k.id, to_char(k.expira_em at time zone audit.fuso(), 'DD/MM/YYYY HH24:MI')), 'conferente token --revogar-pessoa …'
    from audit.tokens k
    where k.expira_em > clock_timestamp() and audit_interno.pessoa_de(k.nome) = (quem).pessoa and not exists (
      select from audit.revogacoes v where v.token_id = k.id or v.nome = k.nome and v.revogado_em >= k.emitido_em)
    union all
    select 4, format('a divergência %s espera a segunda aprovação', d.id), 'Outra pessoa a aprova ou rejeita.'
    from audit.divergencias_processadas d
    where d.status = 'aguardando_segunda_aprovacao' and audit_interno.pessoa_de(d.proposta_por) = (quem).pessoa
    union all
    select 5, format('a divergência %s lhe foi encaminhada', d.id), 'Encaminhe-a a outra pessoa.'
    from audit.divergencias_processadas d
    where d.encaminhada_para is not null and audit.aguarda_pessoa(d.status) and audit_interno.pessoa_de(d.encaminhada_para) = (quem).pessoa
    union all
    select 6, format('a sessão %s está %s', s.id, replace(s.status, '_', ' ')), 'Espere que termine, ou cancele-a.'
    from audit.sessoes_processamento s
    where s.status in ('agendada', 'em_andamento') and audit_interno.pessoa_de(s.solicitada_por) = (quem).pessoa
    union all
    select 7, format('o nome ou o endereço está na configuração %s', c.chave), 'conferente configurar ' || c.chave || ' …'
    from audit.configuracoes_sistema c where audit_interno.sem_nome(c.valor, quem) <> c.valor
    union all
    select 8, format('a mensagem %s ainda vai para esta pessoa', m.id), 'Espere que seja enviada.'
    from audit.notificacoes m
    where m.status in ('pendente', 'composta') and audit_interno.sem_nome(m.destinatarios, quem) <> m.destinatarios
  ) as r
  order by r.n, r.detalhe collate "C" limit 1;
  if found then
    raise exception using errcode = 'NC045', message = 'esta pessoa ainda não pode ser esquecida', detail = v_razao.detalhe,
      hint = 'Nada foi feito. Antes: ' || v_razao.faca;
  end if;
  if exists (select from audit_interno.quebras_estados()) then
    raise exception using errcode = 'NC045', message = 'a trilha está quebrada', hint = 'Nada foi feito. Veja conferente verificar.';
  end if;
end
$$;
comment on function audit_interno.exigir_fora(audit_interno.esquecida) is 'NC045 for a person still in office, and while the trail is broken: states are said again, and what was changed must not become right by that.';
