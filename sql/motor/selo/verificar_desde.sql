-- Proves what came after a witness, and reads no more than that: a day costs a day, however long the history. The caller keeps the starting
-- point outside this database, where nobody can rewrite it. Older facts are not read again, so a change to one goes unseen here;
-- verificar_integridade sees it. Changes nothing; definer, like that one.
create or replace function audit.verificar_desde(elo bigint, selo text)
returns setof audit.verificacao
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_selo bytea;
begin
  if verificar_desde.elo is null or verificar_desde.elo < 0 or coalesce(btrim(verificar_desde.selo), '') !~* '^[0-9a-f]{64}$' then
    raise exception using errcode = 'NC001', message = 'o elo ou o selo da testemunha está mal escrito',
      hint = 'O elo é um número a partir de 0, o selo tem 64 dígitos hexadecimais; copie os dois da última verificação ou de uma mensagem.';
  end if;
  v_selo := decode(btrim(verificar_desde.selo), 'hex');

  return query
    with novas as materialized (
      select o.id, o.elo, o.resumo, o.selo_anterior, o.selo, audit_interno.resumo_operacao(o.id) as refeito,
        sha256(o.selo_anterior || int8send(o.elo) || o.resumo) as selo_refeito,
        lag(o.elo, 1, verificar_desde.elo) over w as elo_antes, lag(o.selo, 1, v_selo) over w as selo_antes
      from audit.operacoes o
      where o.elo > verificar_desde.elo
      window w as (order by o.elo)
    ), quebra as (
      select 1 as ordem, q.situacao, case q.situacao when 'operacao_ausente' then n.elo_antes + 1 else n.elo end as elo,
        case when q.situacao <> 'operacao_ausente' then n.id end as operacao_id,
        case when q.situacao <> 'operacao_ausente' then format('audit.operacoes %s', n.id) else 'audit.operacoes' end as objeto,
        q.esperado, q.encontrado
      from novas n
      cross join lateral (values
        ('operacao_ausente', n.elo > n.elo_antes + 1, format('elo %s', n.elo_antes + 1), format('elo %s, operação %s', n.elo, n.id)),
        ('operacao_alterada', n.resumo is distinct from n.refeito, format('resumo %s', encode(n.resumo, 'hex')),
          format('resumo %s', encode(n.refeito, 'hex'))),
        ('selo_anterior_errado', n.elo = n.elo_antes + 1 and n.selo_anterior is distinct from n.selo_antes,
          format('selo_anterior %s', encode(n.selo_antes, 'hex')), format('selo_anterior %s', encode(n.selo_anterior, 'hex'))),
        ('selo_errado', n.selo is distinct from n.selo_refeito, format('selo %s', encode(n.selo_refeito, 'hex')),
          format('selo %s', encode(n.selo, 'hex')))
      ) as q (situacao, quebrou, esperado, encontrado)
      where q.quebrou
      union all
      select 2, q.* from audit_interno.quebras_cabeca(verificar_desde.elo, v_selo) q
      union all
      select 3, q.* from audit_interno.quebras_esquema() q
      union all
      select 4, q.* from audit_interno.quebras_arquivo(verificar_desde.elo) q
    ), primeira as (
      select distinct on (q.situacao) q.*, count(*) over (partition by q.situacao) as ocorrencias
      from quebra q
      order by q.situacao, q.elo, q.operacao_id, q.objeto collate "C"
    )
    select p.situacao, p.elo, p.operacao_id, p.objeto, p.esperado, p.encontrado, p.ocorrencias, null::bigint, null::bigint, null::text, null::bigint
    from primeira p
    order by p.elo, p.ordem, p.situacao collate "C";
  if found then
    return;
  end if;
  return query
    select 'provada', c.elo, u.id, null::text, null::text, null::text, null::bigint, n.operacoes, coalesce(n.fatos, 0), encode(c.selo, 'hex'),
      (select count(*) from audit_interno.fila_selos)
    from audit_interno.cadeia c
    left join audit.operacoes u on u.elo = c.elo
    cross join lateral (
      select count(*) as operacoes, sum((select count(*) from audit.deteccoes x where x.operacao_id = o.id)
        + (select count(*) from audit.alteracoes x where x.operacao_id = o.id)
        + (select count(*) from audit.correcoes_desfeitas x where x.operacao_id = o.id)
        + (select count(*) from audit.decisoes x where x.operacao_id = o.id)
        + (select count(*) from audit.excecoes x where x.operacao_id = o.id))::bigint as fatos
      from audit.operacoes o where o.elo > verificar_desde.elo
    ) as n;
end
$$;
comment on function audit.verificar_desde(bigint, text) is
  'Proves the operations that were sealed after a witness (elo and selo, as the last verification returned them or a message carried them), and their facts, up to the head; and that the chain still agrees with the witness. Reads nothing from before, so its cost depends only on the new operations; only audit.verificar_integridade proves earlier facts. One row provada, whose operacoes and fatos are the new ones, or one row for each kind of break. Errors: NC001 malformed witness.';
grant execute on function audit.verificar_desde(bigint, text) to conferente_leitor;
