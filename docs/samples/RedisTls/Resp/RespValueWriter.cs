using System.IO.Pipelines;
using System.Text;

namespace RedisTls;

/// <summary>Writes replies. To a client that speaks RESP2, the types RESP3 added are sent as the nearest ones it knows.</summary>
internal static class RespValueWriter
{
    public static async ValueTask WriteAsync(PipeWriter output, RespValue value, int protocol, CancellationToken cancellationToken = default)
    {
        switch (value.Kind)
        {
            case RespKind.Integer:
                RespWriter.WriteHeader(output, ':', value.Integer);
                break;
            case RespKind.SimpleString:
                RespWriter.WriteLine(output, '+', Encoding.UTF8.GetBytes(value.Text));
                break;
            case RespKind.Error:
                RespWriter.WriteLine(output, '-', Encoding.UTF8.GetBytes(value.Text));
                break;
            case RespKind.BulkString:
                await RespWriter.WriteBulkAsync(output, '$', value.Bytes, cancellationToken);
                break;
            case RespKind.Null:
                RespWriter.WriteLine(output, protocol >= 3 ? '_' : '$', protocol >= 3 ? default : "-1"u8);
                break;
            case RespKind.Array or RespKind.Map or RespKind.Set or RespKind.Push:
                await WriteItemsAsync(output, value, protocol, cancellationToken);
                break;
            default:
                throw new NotSupportedException($"This server sends no {value.Kind}.");
        }
    }

    private static async ValueTask WriteItemsAsync(PipeWriter output, RespValue value, int protocol, CancellationToken cancellationToken)
    {
        bool isMap = protocol >= 3 && value.Kind == RespKind.Map;
        RespWriter.WriteHeader(output, protocol >= 3 ? TypeOf(value.Kind) : '*', isMap ? value.Items.Count / 2 : value.Items.Count);
        foreach (RespValue item in value.Items) await WriteAsync(output, item, protocol, cancellationToken);
    }

    private static char TypeOf(RespKind kind) => kind switch
    {
        RespKind.Map => '%',
        RespKind.Set => '~',
        RespKind.Push => '>',
        _ => '*',
    };
}
