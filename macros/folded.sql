{#-
  A name as it is compared: lower case, Latin letters without accents (composed or not), no blanks or punctuation; other
  scripts stay as they are. Null for nothing.
-#}
{% macro folded(expression) -%}
    {%- set accents = "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327\u0328" -%}
    {%- set plain = "replace(lower(" ~ expression ~ "), ' ', '')" -%}
    {#- Most names need no more than the first two, and `translate` over so many letters is slow. -#}
    case
        when {{ matches(plain, '^[a-z0-9]*$') }} then nullif({{ plain }}, '')
        when {{ matches(expression, '^[ -~]*$') }} then nullif({{ without('lower(' ~ expression ~ ')', '[ .,_|/()&%`"' ~ "''" ~ '-]') }}, '')
        else nullif(replace(replace(replace(translate(
            lower({{ expression }}),
            'àáâãäåāăąçćčċďđðèéêëēėęěğġģħìíîïīįıķłľĺļñńňņòóôõöøōőŕřŗśšşșťţțùúûüūůűųŭŵýÿŷžźżþ .,-_|/()&%’`´"' || '''' || '{{ accents }}',
            'aaaaaaaaaccccdddeeeeeeeeggghiiiiiiikllllnnnnoooooooorrrsssstttuuuuuuuuuwyyyzzzt'
        ), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), '')
    end
{%- endmacro %}
