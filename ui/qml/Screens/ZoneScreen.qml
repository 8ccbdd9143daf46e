// One zone's items, the most used first.
import QtQuick
import Controls
import KioskUi

Page {
    id: screen

    required property HomeModel home

    heading: home.zoneName
    lead: qsTr("请选择要办的事项")
    backText: qsTr("返回首页")
    leaveVisible: false
    mainText: qsTr("搜索全部事项")
    mainIcon: "search"
    onMainTouched: home.openZone("")

    ScrollArea {
        id: area
        anchors.fill: parent

        ItemGrid {
            width: parent?.width ?? 0
            home: screen.home
            rowHeight: (area.height - 4 * Theme.gap) / 5
        }
    }
}
