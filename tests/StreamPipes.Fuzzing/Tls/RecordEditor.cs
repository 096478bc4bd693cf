namespace StreamPipes.Fuzzing.Tls;

/// <summary>Does to the peer's records what the edits say. One write of the peer at a time: it is whole records.</summary>
internal sealed class RecordEditor(IReadOnlyList<RecordEdit> edits)
{
    private const int HeaderSize = 5;

    private int _record;

    /// <summary>Whether the end comes now.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether anything was done so far.</summary>
    public bool HasEdited { get; private set; }

    public byte[] Edit(byte[] written)
    {
        List<byte> result = [];
        byte[] held = [];
        for (int at = 0; at < written.Length && !IsCut;)
        {
            int size = at + HeaderSize <= written.Length ? HeaderSize + ((written[at + 3] << 8) | written[at + 4]) : written.Length - at;
            byte[] record = written[at..Math.Min(written.Length, at + size)];
            at += record.Length;
            List<byte> edited = [.. record];
            bool isHeld = false;
            foreach (RecordEdit edit in edits.Where(edit => edit.Record == _record))
            {
                HasEdited = true;
                isHeld |= edit.Kind == EditKind.Swap;
                IsOver |= edit.MayStall;
                IsCut |= edit.Kind == EditKind.Cut;
                edited = Apply(edit, edited);
            }

            _record++;
            if (isHeld && held.Length == 0)
            {
                held = [.. edited];
                continue;
            }

            result.AddRange(edited);
            result.AddRange(held);
            held = [];
        }

        return [.. result, .. held];
    }

    private bool IsCut { get; set; }

    private static List<byte> Apply(RecordEdit edit, List<byte> record)
    {
        int place = record.Count == 0 ? 0 : edit.Place % record.Count;
        switch (edit.Kind)
        {
            case EditKind.Flip when record.Count > 0:
                record[place] ^= edit.Value;
                return record;
            case EditKind.Retype when record.Count > 0:
                record[0] = edit.Value;
                return record;
            case EditKind.Relength when record.Count >= HeaderSize:
                record[3] = (byte)edit.Place;
                record[4] = edit.Value;
                return record;
            case EditKind.Truncate or EditKind.Cut:
                return record[..place];
            case EditKind.Drop:
                return [];
            case EditKind.Repeat:
                return [.. record, .. record];
            case EditKind.Insert:
                return [.. edit.Bytes, .. record];
            case EditKind.InsertRecord:
                return [edit.Value, 3, 3, (byte)(edit.Bytes.Length >> 8), (byte)edit.Bytes.Length, .. edit.Bytes, .. record];
            default:
                return record;
        }
    }
}
