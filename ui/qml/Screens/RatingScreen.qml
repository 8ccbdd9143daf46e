// 好差评: five levels, none preselected, 跳过 as easy as rating.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Controls
import KioskUi

Page {
    id: screen

    required property OutcomeModel outcome

    heading: qsTr("请评价这次服务")
    lead: qsTr("自愿评价，不记录您是谁；%1 秒后自动跳过").arg(visit.countdown)
    backVisible: false
    leaveVisible: false
    mainText: qsTr("跳过")
    mainIcon: "arrow_forward"
    onMainTouched: outcome.skipRating()

    readonly property list<string> icons: ["sentiment_very_dissatisfied", "sentiment_dissatisfied", "sentiment_neutral", "sentiment_satisfied", "sentiment_very_satisfied"]
    readonly property list<string> colours: ["#ab1f17", "#b4571a", "#8a6a00", "#2f7d3a", "#17753e"]
    readonly property list<string> names: [qsTr("非常不满意"), qsTr("不满意"), qsTr("基本满意"), qsTr("满意"), qsTr("非常满意")]

    GridLayout {
        anchors.fill: parent
        anchors.topMargin: Theme.portrait ? 0 : Theme.px(60)
        anchors.bottomMargin: Theme.portrait ? Theme.px(8) : Theme.px(120)
        columns: Theme.portrait ? 1 : 5
        columnSpacing: Theme.gap
        rowSpacing: Theme.gap
        uniformCellWidths: true
        uniformCellHeights: true

        Repeater {
            model: 5

            TileButton {
                required property int index
                readonly property int level: 5 - index

                objectName: "rate-" + level
                Layout.fillWidth: true
                Layout.fillHeight: true
                across: Theme.portrait
                badgeSize: Theme.px(130)
                iconName: screen.icons[level - 1]
                colour: screen.colours[level - 1]
                text: screen.names[level - 1]
                onClicked: screen.outcome.rate(level)
            }
        }
    }
}
