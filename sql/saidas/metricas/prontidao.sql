-- Is everything there that the daily work needs? /readyz calls it without a caller, so it shows states and ages, no facts.
create or replace function audit_interno.prontidao()
returns table (parte text, pronta boolean, segundos double precision, quantos bigint)
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select 'trabalhador', t.vivos > 0, null::double precision, t.vivos
  from (select audit_interno.trabalhadores_vivos() as vivos) as t
  union all
  -- before the first session, the age of the installation
  select 'sessao', s.idade <= (audit_interno.configuracao('saude.idade_sessao') #>> '{}')::interval, extract(epoch from s.idade), null
  from (
    select clock_timestamp() - coalesce(
      (select max(x.fim_processamento) from audit.sessoes_processamento x where x.status in ('concluida', 'concluida_com_falhas')),
      (select min(r.registrada_em) from audit.regras r)) as idade
  ) as s
  union all
  select 'correio', c.falhas = 0 and c.idade <= (audit_interno.configuracao('saude.espera_correio') #>> '{}')::interval,
    extract(epoch from c.idade), c.falhas
  from (
    select count(*) filter (where n.status = 'falhou' and coalesce(n.desistida_em, n.criada_em) > clock_timestamp() - interval '1 day') as falhas,
      coalesce(clock_timestamp() - min(n.criada_em) filter (where n.status in ('pendente', 'composta')), interval '0') as idade
    from audit.notificacoes n where n.status <> 'enviada' and n.tipo <> 'teste' -- the person who tests a channel sees the result
  ) as c
$$;
comment on function audit_interno.prontidao() is
  'Parts of the system, whether each is ready, and why: trabalhador (quantos are alive), sessao (age in seconds of the last session that ended well, at most saude.idade_sessao), correio (age in seconds of the oldest message that waits, at most saude.espera_correio; quantos were given up in the last day).';
grant execute on function audit_interno.prontidao() to conferente_servico;
