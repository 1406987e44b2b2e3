-- Why a note proves nothing about its amount, or null if it does. It must be an ordinary note in force, authorised, and signed with a
-- certificate that leads to a trusted root; an NF-e by its issuer's company, an NFS-e by one of those who issue them. Reads the settings;
-- changes nothing.
create or replace function regra_notas_fiscais.testemunha(nota audit.notas) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when not nota.confiavel then 'o certificado que a assina não vem de uma raiz de confiança, ou não valia no dia da emissão'
    when not nota.autorizada or not nota.producao then 'não é autorizada'
    when nota.cancelada_em is not null then 'está cancelada'
    when nota.finalidade <> '1' then 'não é uma nota comum: complementa, ajusta, devolve ou credita'
    when nota.tipo = 'nfe' and left(nota.assinante, 8) is distinct from left(nota.emitente, 8) then 'não é assinada pela empresa que a emite'
    when nota.tipo = 'nfse' and not coalesce(audit_interno.configuracao('notas.assinantes_nfse') ? nota.assinante, false) then
      'quem a assina não está em notas.assinantes_nfse'
  end
$$;

comment on function regra_notas_fiscais.testemunha(audit.notas) is 'Why a note proves nothing, in Portuguese; null if it is proof.';
revoke execute on function regra_notas_fiscais.testemunha(audit.notas) from public;

-- Amounts that an entry of a note may honestly have: the total; the total less the note's own withholdings; the total with IBS and CBS; its
-- instalments; and each of these less the entry's discount. Without repetitions. Touches nothing.
create or replace function regra_notas_fiscais.valores_certos(nota audit.notas, desconto numeric) returns numeric[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select array_agg(distinct v.valor)
  from (
    select a from unnest(array[nota.valor_total, nota.valor_liquido, nota.valor_com_tributos] || nota.parcelas) as a
    where a > 0 or a = nota.valor_total
  ) as x
  cross join lateral (values (x.a), (x.a - desconto)) as v (valor)
  where v.valor is not null
$$;

comment on function regra_notas_fiscais.valores_certos(audit.notas, numeric) is 'Amounts that an entry of the note may have, each once.';
revoke execute on function regra_notas_fiscais.valores_certos(audit.notas, numeric) from public;

-- Whether an amount, whatever its sign, is one of several. Touches nothing.
create or replace function regra_notas_fiscais.um_deles(valor numeric, certos numeric[], tolerancia numeric) returns boolean
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select exists (select from unnest(certos) as c where abs(abs(valor) - c) <= tolerancia)
$$;

comment on function regra_notas_fiscais.um_deles(numeric, numeric[], numeric) is 'Whether an amount is one of several, up to the tolerance.';
revoke execute on function regra_notas_fiscais.um_deles(numeric, numeric[], numeric) from public;

-- Whether a text mentions anything besides the note itself: a share, a tax, interest, a discount, several notes, another key. Then an
-- amount other than the note's may be right. Touches nothing.
create or replace function regra_notas_fiscais.fala_de_mais(texto text, chave text) returns boolean
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select d ~ '%|(^|[^a-z])(juro|mora|multa|correcao|descont|abat|reti|retenc|garanti|caucao|sald|sinal|entrada|parcel|parcial|prestac|adiant|anteci|ratei|segur|frete|taxa|tarifa|tribut|impost|irrf|irpj|iss|inss|pis|cofins|csll|ibs|cbs|icms|ipi|difal|estorn|devol|credit|complement|diferenc|lote|agrup|notas|nfs($|[^a-z-])|nfes)'
    or replace(translate(d, ' .', ''), fala_de_mais.chave, '') ~ '[0-9]{44}'
  from audit_interno.dobrar(texto) as d
$$;

comment on function regra_notas_fiscais.fala_de_mais(text, text) is 'Whether the text of an entry mentions more than its note: a share, a tax, a discount, interest, or several notes.';
revoke execute on function regra_notas_fiscais.fala_de_mais(text, text) from public;

-- How sure a finding is. certo: key, company and date agree, the note bears witness, one entry, one possible amount. Even then auto may
-- correct an amount only where nothing honest looks like it: a hundred or a thousand times the note, in an entry whose text mentions
-- nothing else. Ten times may be ten orders paid at once, a hundredth and a thousandth are tax rates, a tenth is a share, and two swapped
-- digits are often a round discount. An entry whose own document contradicts the note is for a person. Touches nothing.
create or replace function regra_notas_fiscais.confianca(
  tipo text, como text, testemunha text, certo boolean, forma text, tributos text, menor boolean, documento_concorda boolean
) returns numeric
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when tipo = 'nota_cancelada' then case when como = 'chave' then 0.90 else 0.70 end
    when tipo = 'rateio_excede' then case when como = 'chave' then 0.85 else 0.60 end
    when tipo = 'rateio_incompleto' then 0.50
    when tributos is not null then 0.30
    when tipo = 'documento_da_nota' and certo then 0.99
    when tipo = 'valor_da_nota' and certo and documento_concorda
      and forma in ('fator_100', 'fator_1000') and not menor then 0.99
    when como = 'chave' and testemunha is null then 0.80
    when como = 'chave' then 0.70
    when testemunha is null then 0.60
    else 0.50
  end
$$;

comment on function regra_notas_fiscais.confianca(text, text, text, boolean, text, text, boolean, boolean) is 'Confidence of a finding, 0 to 1, by how it was found.';
revoke execute on function regra_notas_fiscais.confianca(text, text, text, boolean, text, text, boolean, boolean) from public;

-- The sentence of a finding. Touches nothing.
create or replace function regra_notas_fiscais.frase(
  tipo text, nota audit.notas, valor numeric, documento numeric, soma numeric, linhas bigint, testemunha text, tributos text
) returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select format('A %s %s de %s, emitida em %s, é de %s', case nota.tipo when 'nfe' then 'NF-e' else 'NFS-e' end, nota.numero,
      coalesce(nota.emitente_nome, nota.emitente), to_char(nota.data_emissao, 'DD/MM/YYYY'), regra_validacao_valores.reais(nota.valor_total))
    || case tipo
      when 'valor_da_nota' then format(' e o lançamento de %s.', regra_validacao_valores.reais(valor))
      when 'documento_da_nota' then format(', como o lançamento; o valor do documento está como %s.', regra_validacao_valores.reais(documento))
      when 'nota_cancelada' then format(' e foi cancelada em %s; %s.', to_char(nota.cancelada_em, 'DD/MM/YYYY'),
        case linhas when 1 then 'continua lançada' else format('continua lançada em %s linhas, que somam %s', linhas, regra_validacao_valores.reais(soma)) end)
      when 'rateio_excede' then format('; os %s lançamentos dela somam %s, mais do que ela.', linhas, regra_validacao_valores.reais(soma))
      else format('; os %s lançamentos dela somam %s.', linhas, regra_validacao_valores.reais(soma)) end
    || coalesce(' Pode ser retenção: ' || tributos || '.', '')
    || coalesce(' Ela não prova o valor: ' || testemunha || '.', '')
$$;

comment on function regra_notas_fiscais.frase(text, audit.notas, numeric, numeric, numeric, bigint, text, text) is 'The sentence of a finding, in Portuguese.';
revoke execute on function regra_notas_fiscais.frase(text, audit.notas, numeric, numeric, numeric, bigint, text, text) from public;
