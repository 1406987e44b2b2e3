-- Adds a withholding tax, or changes the end or the law of an existing one and switches it on again.
create or replace function audit.salvar_retencao(tributo text, aliquota numeric, vale_de date, lei text, motivo text, vale_ate date default null)
returns audit.retencoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_retencao audit.retencoes;
  v_operacao bigint;
begin
  perform audit_interno.exigir_motivo(salvar_retencao.motivo);
  insert into audit.retencoes as r (tributo, aliquota, vale_de, vale_ate, lei, motivo, criado_por)
  -- one spelling for each tax, or ISS and iss would be withheld together
  values (coalesce((select r.tributo from audit.retencoes r where audit_interno.dobrar(r.tributo) = audit_interno.dobrar(btrim(salvar_retencao.tributo))
      order by r.id limit 1), btrim(salvar_retencao.tributo)), trim_scale(salvar_retencao.aliquota), salvar_retencao.vale_de, salvar_retencao.vale_ate,
    btrim(salvar_retencao.lei), btrim(salvar_retencao.motivo), audit_interno.ator())
  on conflict on constraint retencoes_tributo_aliquota_vale_de_key
    do update set vale_ate = excluded.vale_ate, lei = excluded.lei, ativo = true, motivo = excluded.motivo
  returning * into v_retencao;
  if exists (
    select from audit.retencoes r
    where r.ativo and r.id <> v_retencao.id and r.tributo = v_retencao.tributo and r.aliquota = v_retencao.aliquota
      and daterange(r.vale_de, r.vale_ate, '[]') && daterange(v_retencao.vale_de, v_retencao.vale_ate, '[]')
  ) then
    raise exception using errcode = 'NC009', message = format('retenção recusada: já há %s de %s%% em parte desses dias',
        v_retencao.tributo, v_retencao.aliquota),
      hint = 'Encerre antes a que já existe: salve-a com o mesmo vale_de e um vale_ate.';
  end if;
  v_operacao := audit_interno.abrir_operacao('retencao', motivo => v_retencao.motivo, detalhes => to_jsonb(v_retencao));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_retencao;
exception when check_violation or not_null_violation then
  raise exception using errcode = 'NC009', message = format('retenção recusada: %s', sqlerrm),
    hint = 'tributo e lei são textos; aliquota é o percentual, entre 0 e 100; vale_ate não vem antes de vale_de, e null é sem fim conhecido.';
end
$$;
comment on function audit.salvar_retencao(text, numeric, date, text, text, date) is
  'Adds a tax withheld at source, or changes the end and the law of the one with the same tributo, aliquota (per cent) and vale_de. At most one rate of a tributo is withheld from a document. Errors: NC006 reason missing, NC009 unusable, or already valid on some of these days.';
grant execute on function audit.salvar_retencao(text, numeric, date, text, text, date) to conferente_administrador;
