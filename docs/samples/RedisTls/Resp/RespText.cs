using System.Globalization;
using System.Text;

namespace RedisTls;

/// <summary>A value in a form for people: logs, debuggers, failed assertions.</summary>
internal static class RespText
{
    public static string Of(RespValue value)
    {
        StringBuilder text = new();
        Append(text, value);
        return text.ToString();
    }

    private static void Append(StringBuilder text, RespValue value)
    {
        if (value.Attributes is not null) AppendItems(text.Append('|'), value.Attributes, '{', '}').Append(' ');
        _ = value.Kind switch
        {
            RespKind.Null => text.Append("null"),
            RespKind.SimpleString => text.Append('+').Append(value.Text),
            RespKind.Error => text.Append('-').Append(value.Text),
            RespKind.Integer => text.Append(CultureInfo.InvariantCulture, $":{value.Integer}"),
            RespKind.BulkString => text.Append(CultureInfo.InvariantCulture, $"\"{value.Text}\""),
            RespKind.Boolean => text.Append(value.Boolean ? "#true" : "#false"),
            RespKind.Double => text.Append(',').Append(value.Text),
            RespKind.BigNumber => text.Append('(').Append(value.Text),
            RespKind.BlobError => text.Append('!').Append(value.Text),
            RespKind.VerbatimString => text.Append(CultureInfo.InvariantCulture, $"={value.Format}:{value.Text}"),
            RespKind.Map or RespKind.Attribute => AppendItems(text, value, '{', '}'),
            RespKind.Set => AppendItems(text.Append('~'), value, '[', ']'),
            RespKind.Push => AppendItems(text.Append('>'), value, '[', ']'),
            _ => AppendItems(text, value, '[', ']'),
        };
    }

    private static StringBuilder AppendItems(StringBuilder text, RespValue value, char open, char close)
    {
        text.Append(open);
        for (int i = 0; i < value.Items.Count; i++)
        {
            if (i > 0) text.Append(", ");
            Append(text, value.Items[i]);
        }

        return text.Append(close);
    }
}
