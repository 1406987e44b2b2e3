-- Records what became of each finding of a corrected batch, and counts it.
create or replace function audit_interno.concluir_lote(sessao_id bigint, decidida_por text, motivo text)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_aplicadas bigint;
  v_de bigint;
  v_ate bigint;
begin
  select min(l.divergencia_id), max(l.divergencia_id) into v_de, v_ate from pg_temp.conferente_lote l;
  update audit.divergencias_processadas d
  set status = case l.resultado
      when 'aplicada' then 'corrigida' when 'ja_certa' then 'resolvida'
      when 'movida' then 'obsoleta' when 'outra' then 'obsoleta' when 'ausente' then 'obsoleta' else 'falha' end,
    decidida_em = clock_timestamp(), decidida_por = concluir_lote.decidida_por,
    motivo = case l.resultado
      when 'aplicada' then concluir_lote.motivo when 'ja_certa' then 'o registro já tem o valor proposto'
      when 'movida' then 'o registro mudou depois de detectado' when 'ausente' then 'o registro não existe mais' else l.erro end
  from pg_temp.conferente_lote l
  where d.id = l.divergencia_id and d.id between v_de and v_ate; -- a batch's findings lie close together, so only that range is read

  with contada as (
    select l.regra, count(*) filter (where l.resultado = 'aplicada') as corrigidas,
      count(*) filter (where l.resultado = 'aplicada' and x.id is not null) as refeitas,
      count(*) filter (where l.resultado in ('recusada', 'fechada', 'infiel', 'desfeita')) as falhas,
      count(*) filter (where l.resultado in ('movida', 'outra', 'ausente')) as obsoletas,
      count(*) filter (where l.resultado = 'ja_certa') as resolvidas,
      coalesce(sum(l.valor) filter (where l.resultado = 'aplicada' and x.id is null), 0) as valor -- each amount counts once
    from pg_temp.conferente_lote l
    left join audit.divergencias_processadas x on x.id = l.divergencia_id and x.id between v_de and v_ate and x.vezes_desfeita > 0
    group by l.regra
  ), somada as (
    update audit.execucoes_regra e
    set corrigidas = e.corrigidas + c.corrigidas, refeitas = e.refeitas + c.refeitas, falhas = e.falhas + c.falhas, obsoletas = e.obsoletas + c.obsoletas,
      resolvidas = e.resolvidas + c.resolvidas, valor_corrigido = e.valor_corrigido + c.valor
    from contada c
    where e.sessao_id = concluir_lote.sessao_id and e.regra = c.regra
  )
  select coalesce(sum(c.corrigidas), 0) into v_aplicadas from contada c;
  return v_aplicadas;
end
$$;
comment on function audit_interno.concluir_lote(bigint, text, text) is 'Sets the status of the batch''s findings; returns how many rows were corrected.';
