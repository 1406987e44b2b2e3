-- Exact rollback of the alterations in pg_temp.conferente_reversao (operacao_id, divergencia_id). Each row gets back the columns it had, if
-- it still holds what was written; otherwise it is left alone and the three sides are returned. Findings are locked in the order of their
-- ids, batch after batch, like everywhere else.
create or replace function audit_interno.reverter_lote(motivo text, sessao_id bigint default null, erradas boolean default false)
returns setof audit_interno.linha_reversao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
  v_tamanho bigint := (audit_interno.configuracao('sessao.tamanho_lote') #>> '{}')::bigint;
  v_operacao bigint;
  v_de bigint;
  v_ate bigint := 0;
  v_aplicadas bigint := 0;
  v_conflitos bigint := 0;
begin
  v_operacao := audit_interno.abrir_operacao('reversao', reverter_lote.sessao_id, motivo => reverter_lote.motivo);
  loop -- one turn for each batch: still one transaction, but each turn fits in memory
    select min(x.divergencia_id), max(x.divergencia_id) into v_de, v_ate
    from (
      select r.divergencia_id from pg_temp.conferente_reversao r where r.divergencia_id > v_ate
      order by r.divergencia_id limit v_tamanho
    ) as x;
    exit when v_ate is null;
    perform from audit.divergencias_processadas d
    where d.id in (select r.divergencia_id from pg_temp.conferente_reversao r where r.divergencia_id between v_de and v_ate)
      and d.id between v_de and v_ate
    order by d.id for update;
    perform audit_interno.criar_lote();
    insert into pg_temp.conferente_lote (divergencia_id, regra, tabela, registro_id, entrada, de, para, reverte_operacao_id, resultado)
    select d.id, d.regra, d.tabela, d.registro_id, d.entrada, a.depois, a.antes, a.operacao_id,
      -- An alteration followed by another is no longer the row's state, even if the values happen to agree. Nor is one whose finding is no
      -- longer as that alteration left it: reopened, rejected, failed, fixed elsewhere.
      case
        when a.ultima > a.operacao_id then 'superada'
        when d.status = case
          when a.reverte_operacao_id is null then 'corrigida'
          -- each rollback after the correction flips the state
          when (
            select count(*) from audit.alteracoes p
            where p.divergencia_id = a.divergencia_id and p.operacao_id <= a.operacao_id and p.operacao_id > (
              select max(c.operacao_id) from audit.alteracoes c
              where c.divergencia_id = a.divergencia_id and c.operacao_id < a.operacao_id and c.reverte_operacao_id is null)
          ) % 2 = 1 then 'revertida' else 'corrigida' end then 'aplicada'
        else 'superada' end
    from pg_temp.conferente_reversao r
    join ( -- once for the batch: each finding's would be looked for in every month
      select p.*, max(p.operacao_id) over (partition by p.divergencia_id) as ultima
      from audit.alteracoes p
      where p.divergencia_id in (select x.divergencia_id from pg_temp.conferente_reversao x where x.divergencia_id between v_de and v_ate)
        and p.divergencia_id between v_de and v_ate
    ) as a on a.divergencia_id = r.divergencia_id and a.operacao_id = r.operacao_id
    join audit.divergencias_processadas d on d.id = r.divergencia_id and d.id between v_de and v_ate
    where r.divergencia_id between v_de and v_ate
    order by d.id;
    perform audit_interno.aplicar_lote(v_operacao);
    update pg_temp.conferente_lote l
    set agora = audit_interno.valores_atuais(l.divergencia_id, l.de), erro = 'depois desta correção a divergência foi corrigida ou revertida de novo'
    where l.resultado = 'superada';
    update pg_temp.conferente_lote l set agora = audit_interno.valores_atuais(l.divergencia_id, l.de)
    where l.resultado in ('recusada', 'fechada') and l.agora is null;

    with mudada as (
      update audit.divergencias_processadas d
      set status = case when d.status = 'corrigida' then 'revertida' when l.resultado = 'aplicada' then 'corrigida'
          -- nothing of ours brought the value back, so nothing of ours can be rolled back again
          else 'resolvida' end,
        motivo = case when d.status = 'revertida' and l.resultado = 'ja_certa' then 'o registro já tem o valor: foi corrigido fora do sistema'
          else reverter_lote.motivo end,
        decidida_em = clock_timestamp(), decidida_por = v_ator, proposta_por = null
      from pg_temp.conferente_lote l
      where d.id = l.divergencia_id and d.id between v_de and v_ate and l.resultado in ('aplicada', 'ja_certa')
      returning d.id, d.status
    )
    insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo)
    -- bringing a correction back into force never calls it wrong, whatever the rollback is called
    select v_operacao, m.id, case when erradas and m.status = 'revertida' then 'reversao_por_erro' else 'reversao' end, v_ator, reverter_lote.motivo
    from mudada m order by m.id;
    insert into pg_temp.conferente_revertida (divergencia_id, regra, operacao_id)
    select l.divergencia_id, l.regra, l.reverte_operacao_id
    from pg_temp.conferente_lote l where l.resultado in ('aplicada', 'ja_certa');
    select v_aplicadas + count(*) filter (where l.resultado = 'aplicada'),
      v_conflitos + count(*) filter (where l.resultado not in ('aplicada', 'ja_certa'))
    into v_aplicadas, v_conflitos
    from pg_temp.conferente_lote l;
    return query
      select l.divergencia_id, l.tabela, l.registro_id,
        case l.resultado when 'aplicada' then 'revertida' when 'ja_certa' then 'ja_revertida' when 'ausente' then 'ausente' when 'recusada' then 'recusada' when 'fechada' then 'fechada' else 'conflito' end,
        l.para, l.de, case when l.resultado = 'aplicada' then coalesce(l.agora, l.para) else l.agora end,
        case when l.resultado not in ('aplicada', 'ja_certa') then coalesce(l.erro, case l.resultado
          when 'ausente' then 'o registro não existe mais' else 'o registro mudou depois da correção' end) end, v_operacao
      from pg_temp.conferente_lote l
      order by l.divergencia_id;
  end loop;
  perform audit_interno.contar_reversoes(erradas);
  perform audit_interno.fechar_operacao(v_operacao, v_aplicadas, detalhes => jsonb_build_object('conflitos', v_conflitos, 'erradas', erradas));
end
$$;
comment on function audit_interno.reverter_lote(text, bigint, boolean) is 'Rolls back pg_temp.conferente_reversao; returns what became of each row.';
