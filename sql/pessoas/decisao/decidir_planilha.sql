-- Decisions that come back in a sheet: each line is taken as it was exported, or left with a reason. The line itself says what was seen
-- (audit.controle_planilha), so a finding that changed since is left. The cells that matter to the decision are compared with the finding
-- itself, whatever digest the line carries. The acts are those of audit.aprovar_divergencias and its sisters, one operation for each kind
-- of decision, and each names the file.
create or replace function audit.decidir_planilha(linhas jsonb, arquivo text, nome text default null, simular boolean default false)
returns setof audit.resultado_planilha
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_nome text := nullif(left(btrim(nome), 200), '');
  v_motivo text := coalesce('decidida na planilha ' || v_nome, 'decidida em planilha');
  v_situacoes text[] := audit_interno.situacoes_em_espera();
  v_maximo integer := 10000;
  v_detalhes jsonb;
  v_ids bigint[];
  v_vistos text[];
  v_motivos text[];
  v_ato text;
begin
  if jsonb_typeof(linhas) is distinct from 'array' then
    raise exception using errcode = 'NC001', message = 'faltam as linhas da planilha';
  end if;
  if jsonb_array_length(linhas) > v_maximo then
    raise exception using errcode = 'NC001', message = format('a planilha tem linhas demais: %s; o máximo é %s', jsonb_array_length(linhas), v_maximo),
      hint = 'Exporte menos de uma vez: por regra, por sessão ou por dia.';
  end if;
  if arquivo is null or arquivo !~ '^[0-9a-f]{64}$' then
    raise exception using errcode = 'NC001', message = 'arquivo deve ser o SHA-256 do arquivo, em hexadecimal e minúsculas';
  end if;
  perform audit_interno.ler_planilha(linhas);
  if not exists (select from pg_temp.conferente_planilha) then
    raise exception using errcode = 'NC001', message = 'nenhuma linha da planilha tem uma decisão', hint = 'Escolha uma decisão na coluna Decisão e salve o arquivo.';
  end if;
  v_detalhes := jsonb_build_object('planilha', jsonb_strip_nulls(jsonb_build_object('sha256', arquivo, 'nome', v_nome)));

  begin
    -- in one order for everybody, before any act
    perform from audit.divergencias_processadas d
    where d.id in (select p.id from pg_temp.conferente_planilha p where p.codigo is null)
    order by d.id
    for update;
    foreach v_ato in array array['adiar', 'rejeitar', 'confirmar', 'aprovar'] loop -- approving last: approving one finding of a row may make another moot
      select array_agg(p.id order by p.id), array_agg(p.visto order by p.id) into v_ids, v_vistos
      from pg_temp.conferente_planilha p where p.decisao = v_ato and p.codigo is null;
      continue when v_ids is null;
      perform audit_interno.separar_divergencias(v_ids, v_ato, v_situacoes, v_vistos);
      update pg_temp.conferente_planilha p
      set codigo = x.codigo, explicacao = case
          when x.codigo = 'NC021' then format('mudou depois que a planilha foi exportada: está %s%s', d.status, coalesce(', proposto por ' || d.proposta_por, ''))
          else x.explicacao || coalesce((
            select format(' (por esta mesma planilha, operação %s)', max(o.id))
            from audit.decisoes c join audit.operacoes o on o.id = c.operacao_id
            where c.divergencia_id = p.id and o.detalhes #>> '{planilha,sha256}' = decidir_planilha.arquivo having count(*) > 0), '') end
      from pg_temp.conferente_deixada x
      join audit.divergencias_processadas d on d.id = x.divergencia_id
      where p.id = x.divergencia_id and p.decisao = v_ato and p.codigo is null;
      -- somebody who changes cells can compute the digest again, so the cells that matter are compared with the finding
      with x as materialized ( -- computed once for each
        select q.id, audit_interno.celulas_diferentes(q.id, q.celulas, array['sessao_id', 'sessao_ultima_id', 'confianca', 'justificativa',
          'detectada_em', 'ultima_deteccao', 'vezes_detectada', 'proposta_por', 'decidida_em', 'decidida_por', 'motivo'
        ] || case when coalesce(q.celulas[array_position(audit_interno.colunas_planilha(), 'lancamento')], '') = '' then array['lancamento'] else '{}' end) as colunas
        from pg_temp.conferente_planilha q where q.decisao = v_ato and q.codigo is null
      )
      update pg_temp.conferente_planilha p set codigo = 'NC021', explicacao = format('mudou depois que a planilha foi exportada: %s', x.colunas)
      from x
      where p.id = x.id and p.decisao = v_ato and p.codigo is null and x.colunas is not null;

      select array_agg(p.id order by p.id), array_agg(p.visto order by p.id), array_agg(coalesce(p.motivo, v_motivo) order by p.id)
      into v_ids, v_vistos, v_motivos
      from pg_temp.conferente_planilha p where p.decisao = v_ato and p.codigo is null;
      continue when v_ids is null;
      if v_ato = 'aprovar' then
        update pg_temp.conferente_planilha p
        set resultado = r.resultado, codigo = r.codigo, explicacao = r.explicacao, operacao_id = r.operacao_id, aviso = r.aviso,
          motivo = coalesce(p.motivo, v_motivo)
        from audit_interno.aprovar(v_ids, v_motivo, v_vistos, v_motivos, v_detalhes) r
        where p.id = r.id and p.decisao = v_ato and p.codigo is null;
      elsif v_ato = 'adiar' then
        update pg_temp.conferente_planilha p
        set resultado = r.resultado, codigo = r.codigo, operacao_id = r.operacao_id, motivo = coalesce(p.motivo, v_motivo),
          explicacao = case when r.codigo is not null then r.explicacao else coalesce(to_char(p.ate, '"adiada até "DD/MM/YYYY'), 'adiada até que o registro mude') end
        from audit_interno.anotar_divergencias(v_ids, 'adiamento', 'adiar', v_motivo, 'infinity', null, v_vistos, v_motivos, array(
          select q.ate from pg_temp.conferente_planilha q where q.decisao = v_ato and q.codigo is null order by q.id), v_detalhes) r
        where p.id = r.id and p.decisao = v_ato and p.codigo is null;
      else
        update pg_temp.conferente_planilha p
        set resultado = r.resultado, codigo = r.codigo, explicacao = r.explicacao, operacao_id = r.operacao_id, aviso = r.aviso,
          motivo = coalesce(p.motivo, v_motivo)
        from audit_interno.responder(v_ids, v_ato, v_motivo, v_vistos, v_motivos, v_detalhes) r
        where p.id = r.id and p.decisao = v_ato and p.codigo is null;
      end if;
    end loop;

    return query
      select p.linha, p.id, p.decisao, coalesce(p.resultado, 'deixada'), p.codigo, p.explicacao, d.status, p.motivo,
        case when simular is not true then p.operacao_id end, p.aviso
      from pg_temp.conferente_planilha p
      left join audit.divergencias_processadas d on d.id = p.id
      order by p.linha, p.id;
    if simular then
      raise exception using errcode = 'NC999', message = 'simulação';
    end if;
  exception when sqlstate 'NC999' then
    null; -- everything above is undone except the lines that report it
  end;
end
$$;
comment on function audit.decidir_planilha(jsonb, text, text, boolean) is
  'Carries out the decisions in a sheet that was exported with the columns Decisão and Motivo, in one transaction. linhas: for each line {"linha": its number, "decisao": aprovar, rejeitar, confirmar or adiar, "motivo", "controle", "celulas": column to text or number}; at most 10000. arquivo: SHA-256 of the file, hexadecimal; with nome it is sealed with each operation (detalhes.planilha). Returns each line that has a decision or was changed: feita, sem_efeito, or deixada with codigo and explicacao: NC001 unknown decision, a reason without one, or a finding in two lines; NC004 unknown finding; NC005 decided meanwhile; NC006 no reason to reject; NC007 takes another person; NC017 nothing proposed; NC021 no longer what the sheet shows; NC023 cells changed, or no controle. An aprovar or confirmar without a reason is recorded with the name of the sheet; a single digit as the reason of a rejeitar or an adiar means that reason of the setting revisao.motivos. The reason of an adiar may begin with the day until which it is postponed, such as 15/12/2026; otherwise it is postponed until the row changes. simular: does the real work, says what would become of each line, and writes nothing. Errors: NC001 no lines, too many, none with a decision, or arquivo is not a digest.';
grant execute on function audit.decidir_planilha(jsonb, text, text, boolean) to conferente_revisor;
