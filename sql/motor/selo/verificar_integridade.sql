-- Proves the audit trail, or names what is broken. Reads every audit fact once, in one snapshot (all of it is stable), changes nothing and
-- locks nobody out. Definer, because nobody may read the head of the chain.
create or replace function audit.verificar_integridade(elo bigint default null, selo text default null)
returns setof audit.verificacao
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_selo bytea;
begin
  if num_nonnulls(verificar_integridade.elo, verificar_integridade.selo) = 1 then
    raise exception using errcode = 'NC001', message = 'uma testemunha é um elo com o seu selo: falta um dos dois',
      hint = 'Copie os dois da mesma mensagem, ou não informe nenhum.';
  end if;
  if verificar_integridade.elo < 0 or btrim(verificar_integridade.selo) !~* '^[0-9a-f]{64}$' then
    raise exception using errcode = 'NC001', message = 'o elo ou o selo da testemunha está mal escrito',
      hint = 'O elo é um número a partir de 0, o selo tem 64 dígitos hexadecimais.';
  end if;
  v_selo := decode(btrim(verificar_integridade.selo), 'hex');

  return query
    with quebra as (
      select 1 as ordem, q.* from audit_interno.quebras_cadeia() q
      union all
      select 2, q.* from audit_interno.quebras_cabeca(verificar_integridade.elo, v_selo) q
      union all
      select 3, q.* from audit_interno.quebras_fatos() q
      union all
      select 4, q.* from audit_interno.quebras_divergencias() q
      union all
      select 5, q.* from audit_interno.quebras_acesso() q
      union all
      select 6, q.* from audit_interno.quebras_estados() q
      union all
      select 7, q.* from audit_interno.quebras_esquema() q
      union all
      select 8, q.* from audit_interno.quebras_carimbos() q
      union all
      select 9, q.* from audit_interno.quebras_arquivo() q
    ), primeira as (
      select distinct on (q.situacao) q.*, count(*) over (partition by q.situacao) as ocorrencias
      from quebra q
      order by q.situacao, q.elo, q.operacao_id, length(q.objeto), q.objeto collate "C"
    )
    select p.situacao, p.elo, p.operacao_id, p.objeto, p.esperado, p.encontrado, p.ocorrencias, null::bigint, null::bigint, null::text, null::bigint
    from primeira p
    order by p.elo, p.ordem, p.situacao collate "C";
  if found then
    return;
  end if;
  return query
    select 'provada', c.elo, o.id, null::text, null::text, null::text, null::bigint,
      (select count(*) from audit.operacoes x where x.elo is not null),
      (select count(*) from audit.deteccoes) + (select count(*) from audit.alteracoes) + (select count(*) from audit.correcoes_desfeitas)
        + (select count(*) from audit.decisoes)
        + (select count(*) from audit.excecoes),
      encode(c.selo, 'hex'), (select count(*) from audit_interno.fila_selos)
    from audit_interno.cadeia c
    left join audit.operacoes o on o.elo = c.elo;
end
$$;
comment on function audit.verificar_integridade(bigint, text) is
  'Proves the audit trail: every operation, detection, alteration, decision, exception and finding against the chain of seals, every row of settings, rules, sessions, access, mail and notes against the last fact about it, and the schema (functions, triggers, constraints, rights, owners) against what the last migration recorded. One row provada with the head of the chain, or one row for each kind of break, the first broken link first. elo and selo: a witness, as in a message; without one, a trail that was rewritten as a whole, or cut off at its end together with the head, looks like an honest one. For archived facts their digests are proven; audit.arquivamentos() says who archived them. Reads every audit fact: bounded by statement_timeout. Errors: NC001 half a witness, or a malformed one.';
grant execute on function audit.verificar_integridade(bigint, text) to conferente_leitor;
