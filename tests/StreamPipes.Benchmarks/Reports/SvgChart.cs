using System.Globalization;
using System.Security;
using System.Text;

namespace StreamPipes.Benchmarks.Reports;

/// <summary>Draws a chart as SVG: no background, colours that can be read on light and on dark pages.</summary>
internal sealed class SvgChart
{
    private const int Width = 820;
    private const int LabelWidth = 280;
    private const int BarsWidth = 430;
    private const int BarHeight = 16;
    private const int Step = 23;

    private const string Style = """
        text { font: 13px system-ui, sans-serif; fill: #57606a }
        .title { font-size: 16px; font-weight: 600 } .panel { font-weight: 600 } .note { font-size: 12px }
        .raw { fill: #8c959f } .mark { fill: #bf8700 } .other { fill: #6e7fa8 } .ours { fill: #1f883d }
        .axis { stroke: #8c959f } .halo { stroke: #ffffff; stroke-width: 4; stroke-opacity: 0.7 } .whisker { stroke: #24292f; stroke-width: 1.5 } .one { stroke: #8c959f; stroke-dasharray: 3 3 }
        @media (prefers-color-scheme: dark) { text { fill: #adb5bd } .halo { stroke: #0d1117 } .whisker { stroke: #e6edf3 } }
        """;

    private readonly StringBuilder _body = new();
    private int _y;

    private SvgChart()
    {
    }

    public static string Draw(Chart chart)
    {
        SvgChart drawing = new();
        drawing.Text(0, 20, "title", chart.Title);
        drawing.Text(0, 40, "note", chart.Note);
        drawing._y = 54;
        double longest = chart.Panels.Max(Longest);
        foreach (ChartPanel panel in chart.Panels) drawing.DrawPanel(panel, chart.HasOneScale ? longest : Longest(panel));
        return Invariant($"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {drawing._y}" width="{Width}" height="{drawing._y}" role="img" aria-label="{Escaped(chart.Title)}">
            <style>{Style}</style>
            {drawing._body}</svg>

            """);
    }

    private static double Longest(ChartPanel panel) => panel.Bars.Max(bar => Math.Max(bar.Spread.Median, bar.Spread.UpperQuartile));

    private void DrawPanel(ChartPanel panel, double longest)
    {
        double scale = longest > 0 ? BarsWidth / longest : 0;
        Text(0, _y + 14, "panel", panel.Title);
        _y += 22;
        int top = _y;
        foreach (ChartBar bar in panel.Bars)
        {
            DrawBar(bar, scale);
            _y += Step;
        }

        Line("axis", LabelWidth, top - 2, LabelWidth, _y - Step + BarHeight + 2);
        if (longest >= 1) Line("one", LabelWidth + scale, top - 2, LabelWidth + scale, _y - Step + BarHeight + 2);
        _y += 10;
    }

    private void DrawBar(ChartBar bar, double scale)
    {
        int middle = _y + (BarHeight / 2);
        _body.AppendLine(Invariant($"""<text x="{LabelWidth - 8}" y="{_y + 13}" text-anchor="end">{Escaped(bar.Label)}</text>"""));
        _body.AppendLine(Invariant($"""<rect class="{bar.Kind}" x="{LabelWidth}" y="{_y}" width="{bar.Spread.Median * scale:0.0}" height="{BarHeight}" rx="2"/>"""));
        double from = LabelWidth + (bar.Spread.LowerQuartile * scale);
        double to = LabelWidth + (bar.Spread.UpperQuartile * scale);
        foreach (string kind in (string[])["halo", "whisker"])
        {
            Line(kind, from, middle, to, middle);
            Line(kind, from, middle - 4, from, middle + 4);
            Line(kind, to, middle - 4, to, middle + 4);
        }

        Text(Math.Max(to, LabelWidth + (bar.Spread.Median * scale)) + 6, _y + 13, "", bar.Text);
    }

    private void Text(double x, double y, string kind, string text) => _body.AppendLine(Invariant($"""<text class="{kind}" x="{x:0.0}" y="{y:0.0}">{Escaped(text)}</text>"""));

    private void Line(string kind, double x1, double y1, double x2, double y2) =>
        _body.AppendLine(Invariant($"""<line class="{kind}" x1="{x1:0.0}" y1="{y1:0.0}" x2="{x2:0.0}" y2="{y2:0.0}"/>"""));

    private static string Escaped(string text) => SecurityElement.Escape(text) ?? "";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
